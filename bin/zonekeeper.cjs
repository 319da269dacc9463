#!/usr/bin/env node
const { accessSync, constants } = require("node:fs");

// What compiles TypeScript is a process of its own, which has to start in this folder.
try {
    accessSync(process.cwd(), constants.X_OK);
} catch (error) {
    const why = error.code === "EACCES" ? "this user may not enter it" : "it is gone";
    process.stderr.write(
        `zonekeeper: the folder that it is started in cannot be used: ${why}; start it in another one [ZK002]\n`,
    );
    process.exit(2);
}

// Who asks an agent to read its configuration before it has read any does not mean to end it.
if (process.argv[2] === "agent") process.on("SIGHUP", () => {});

require("tsx/cjs");
const { main } = require("../src/cli/main.ts");

process.stdout.on("error", (error) => {
    // Whoever reads the output, such as head, may have enough of it.
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`zonekeeper: cannot write the output: ${error.message} [ZK001]\n`);
    process.exit(1);
});
// Nobody is left who could be told.
process.stderr.on("error", () => {});

main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
});
