const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { PolicyPack } = require("@pulumi/policy");

/** A checkout runs from its TypeScript, whatever was built there; the package has no TypeScript. */
function load() {
    if (!existsSync(join(__dirname, "../package/policies.ts"))) return require("../dist/policies.js");
    require("../tsx.cjs");
    return require("../package/policies.ts");
}

new PolicyPack("zonekeeper", { policies: load().policies });
