import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { buildBundles } from "./bundles";

/** Files of the package that no compiler touches, by where they come from. */
const COPIED = {
    "package/peers.cjs": "peers.cjs",
    "src/provider/lazyProvider.cjs": "lazyProvider.cjs",
    "src/agent/page/page.css": "page.css",
    "src/agent/page/live.js": "live.js",
    "src/portal/page/portal.css": "portal.css",
    "src/portal/page/portal.js": "portal.js",
    "node_modules/commander/LICENSE": "commander.LICENSE.txt",
    "node_modules/yaml/LICENSE": "yaml.LICENSE.txt",
    "node_modules/zod/LICENSE": "zod.LICENSE.txt",
};

/** Builds what the package runs: its bundles, and the files that they read. */
export async function buildProgram(root: string, dist: string): Promise<void> {
    await buildBundles(root, dist);
    for (const [from, to] of Object.entries(COPIED)) cpSync(join(root, from), join(dist, to));
    // The thread in which a large document is read: see src/sources/document/documentThread.ts.
    writeFileSync(join(dist, "documentEntry.cjs"), 'require("./documentReader.js").answerInPieces();\n');
    // What states of a checkout name that became a program with the package.
    writeFileSync(join(dist, "membership.cjs"), 'module.exports = require("./provider.js").membership;\n');
    writeFileSync(join(dist, "membership.d.cts"), "declare const membership: object;\nexport = membership;\n");
}
