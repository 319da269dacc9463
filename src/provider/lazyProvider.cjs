// What Pulumi stores of our dynamic providers. Plain JavaScript that no compiler touches, so that the stored text is the
// same from a checkout, from CommonJS and from ESM: with another text, every resource would be updated.

/**
 * A provider that Pulumi writes out as text, stores in the state of each resource and runs in another process. It captures
 * its name and nothing else: every method loads the provider at the moment it is called, so an upgrade reaches resources
 * that are already deployed.
 */
exports.lazyProvider = (what) => ({
    configure: (request) => open(what).configure(request),
    check: (olds, news) => open(what).check(olds, news),
    diff: (id, olds, news) => open(what).diff(id, olds, news),
    create: (inputs) => open(what).create(inputs),
    read: (id, props) => open(what).read(id, props),
    update: (id, olds, news) => open(what).update(id, olds, news),
    delete: (id, props) => open(what).delete(id, props),
});

/**
 * The text of `lazyProvider(what)` that is stored, character for character as Pulumi's own class for dynamic resources would
 * write it. That class loads a compiler and a debugger to find out what a function captures; here it is known.
 */
exports.storedText = (what) => {
    const methods = Object.entries(exports.lazyProvider(what));
    const names = methods.map(([name], index) => `${name}: __f${index + 1}`).join(", ");
    const nulls = ["arguments", "caller"]
        .map((key) => `Object.defineProperty(__open, "${key}", { value: null });\n`)
        .join("");
    const captured = `open: __open, what: ${JSON.stringify(what)}`;
    return [
        "exports.handler = __f0;\n",
        `${nulls}var __provider = {${names}};\n`,
        written("__open", 1, "open: __open", String(open).replace("function open", "function /*open*/")),
        ...methods.map(([, run], index) => written(`__f${index + 1}`, run.length, captured, String(run))),
        written("__f0", 0, "provider: __provider", "() => provider"),
    ].join("\n");
};

function written(name, parameters, captured, source) {
    const list = Array.from({ length: parameters }, (_, index) => `__${index}`).join(", ");
    return `function ${name}(${list}) {
  return (function() {
    with({ ${captured}, this: undefined, arguments: undefined }) {

return ${source};

    }
  }).apply(undefined, undefined).apply(this, arguments);
}
`;
}

/** In a checkout the provider is in the folder with Pulumi.yaml, where the process starts; else in the package that the program lists. */
function open(what) {
    const inCheckout = "./src/provider/entries.cjs";
    if (require("node:fs").existsSync(inCheckout)) return require(inCheckout)[what];
    try {
        return require("zonekeeper/provider")[what];
    } catch (error) {
        if (error.code !== "MODULE_NOT_FOUND" || !error.message.includes("'zonekeeper/provider'")) throw error;
        const where = `the package zonekeeper is not in the node_modules of ${process.cwd()}`;
        const sentence = `${where}: list it in the package.json there, as npm install zonekeeper does [ZK002]`;
        throw Object.assign(new Error(sentence), { stack: "" });
    }
}
