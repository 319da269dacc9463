const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** A checkout runs from its TypeScript, whatever was built there; the package has no TypeScript. */
function load() {
    if (!existsSync(join(__dirname, "../package/policies.ts"))) return require("../dist/policies.js");
    require("../tsx.cjs");
    return require("../package/policies.ts");
}

// Before @pulumi/policy, which may be missing: this says so in one sentence.
const { policies } = load();
const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("zonekeeper", { policies });
