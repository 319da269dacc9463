#!/usr/bin/env node
const { accessSync, constants, existsSync } = require("node:fs");
const { join } = require("node:path");

/** A failure before there is a command that could tell of it. */
function refuse(sentence) {
    process.stderr.write(`zonekeeper: ${sentence} [ZK002]\n`);
    process.exit(2);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
    refuse(`Node ${process.versions.node} is too old: install Node 20.19 or later`);
}

// What scripts ask in passing needs no command.
const [first, ...others] = process.argv.slice(2);
if (first === "--version" && others.length === 0) {
    process.stdout.write(`${require("../package.json").version}\n`);
    process.exit(0);
}

// What compiles the TypeScript of a checkout is a process of its own, which has to start in this folder.
try {
    accessSync(process.cwd(), constants.X_OK);
} catch (error) {
    const why = error.code === "EACCES" ? "this user may not enter it" : "it is gone";
    refuse(`the folder that it is started in cannot be used: ${why}; start it in another one`);
}

// Who asks an agent to read its configuration before it has read any does not mean to end it.
if (["agent", "portal"].includes(process.argv[2])) process.on("SIGHUP", () => {});

process.stdout.on("error", (error) => {
    // Whoever reads the output, such as head, may have enough of it.
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`zonekeeper: cannot write the output: ${error.message} [ZK001]\n`);
    process.exit(1);
});
// Nobody is left who could be told.
process.stderr.on("error", () => {});

/** A checkout runs from its TypeScript, whatever was built there; the package has no TypeScript. */
function load() {
    if (!existsSync(join(__dirname, "../src/cli/main.ts"))) return require("../dist/cli.js");
    require("../tsx.cjs");
    return require("../src/cli/main.ts");
}

load()
    .main(process.argv.slice(2))
    .then((status) => {
        process.exitCode = status;
    });
