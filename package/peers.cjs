// Loaded first by the entries that need Pulumi, whose packages are optional: what is missing is said in one sentence.
const { engines, peerDependencies } = require("../package.json");

/** @throws an Error that Pulumi prints as its sentence alone */
module.exports = (entry, names) => {
    if (isOlder(process.versions.node, engines.node)) {
        refuse(
            `zonekeeper needs Node ${numbersOf(engines.node).join(".")} or later, and this is Node ${process.versions.node}`,
        );
    }
    const wrong = names.flatMap((name) => problemOf(name, peerDependencies[name]) ?? []);
    if (wrong.length === 0) return checkNode(entry, names);
    const remedy = names.map((name) => `"${name}@${peerDependencies[name]}"`).join(" ");
    refuse(`${entry} cannot be used: ${wrong.join(", ")}; npm install ${remedy}`);
};

/** A package may need a later Node than ours does. */
function checkNode(entry, names) {
    for (const name of names) {
        const { version, engines: { node = "" } = {} } = require(`${name}/package.json`);
        if (!/^>=\s*[\d.]+$/.test(node) || !isOlder(process.versions.node, node)) continue;
        const least = numbersOf(node).join(".");
        refuse(
            `${entry} needs Node ${least} or later for ${name} ${version}, and this is Node ${process.versions.node}`,
        );
    }
}

function problemOf(name, wanted) {
    let found;
    try {
        found = require(`${name}/package.json`).version;
    } catch (error) {
        if (error.code !== "MODULE_NOT_FOUND") throw error;
        return `the package ${name} is missing`;
    }
    if (isOlder(found, wanted)) return `${name} ${found} is too old`;
    return numbersOf(found)[0] === numbersOf(wanted)[0] ? undefined : `${name} ${found} is too new`;
}

/** Whether a version is below the least of a range such as ^7.0.0. */
function isOlder(version, range) {
    const [found, least] = [numbersOf(version), numbersOf(range)];
    const index = least.findIndex((number, place) => number !== (found[place] ?? 0));
    return index !== -1 && (found[index] ?? 0) < least[index];
}

function numbersOf(text) {
    return text
        .replace(/^[^\d]+/, "")
        .split(/[.-]/, 3)
        .map(Number);
}

function refuse(sentence) {
    const error = new Error(`${sentence} [ZK002]`);
    // Without frames: Node prints the stack alone of an error that nobody catches.
    throw Object.assign(error, { code: "bad-input", stack: `Error: ${error.message}`, __pulumiRunError: true });
}
