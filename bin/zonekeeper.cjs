#!/usr/bin/env node
require("tsx/cjs");
const { main } = require("../src/cli/main.ts");

// Whoever reads the output, such as head, may have enough of it.
process.stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
});

main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
});
