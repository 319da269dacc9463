#!/usr/bin/env node
require("tsx/cjs");
const { main } = require("../src/cli/main.ts");

main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
});
