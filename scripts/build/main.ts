import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import packageJson from "../../package.json";
import { buildBundles } from "./bundles";
import { declareTypes } from "./declarations";
import { ENTRIES } from "./entries";
import { normaliseModes } from "./modes";
import { writeWrapper } from "./wrapper";

/** Files of the package that no compiler touches, by where they come from. */
const COPIED = {
    "package/peers.cjs": "peers.cjs",
    "src/provider/lazyProvider.cjs": "lazyProvider.cjs",
    "src/agent/page/page.css": "page.css",
    "src/agent/page/live.js": "live.js",
    "src/portal/page/portal.css": "portal.css",
    "src/portal/page/portal.js": "portal.js",
    "node_modules/commander/LICENSE": "commander.LICENSE.txt",
    "node_modules/zod/LICENSE": "zod.LICENSE.txt",
};

/** `npm run build`: what the package has besides what lies in the checkout, in `dist`. The checkout itself never reads it. */
async function main(): Promise<void> {
    const root = process.cwd();
    const dist = join(root, "dist");
    rmSync(dist, { recursive: true, force: true });
    mkdirSync(dist);
    await buildBundles(root, dist);
    for (const [from, to] of Object.entries(COPIED)) cpSync(join(root, from), join(dist, to));
    // The thread in which a large document is read: see src/sources/document/documentThread.ts.
    writeFileSync(join(dist, "documentEntry.cjs"), 'require("./documentReader.js").answerInPieces();\n');
    // What states of a checkout name that became a program with the package.
    writeFileSync(join(dist, "membership.cjs"), 'module.exports = require("./provider.js").membership;\n');
    declareTypes(root, dist);
    for (const entry of ENTRIES) writeWrapper(dist, entry);
    normaliseModes(root, packageJson.files);
}

void main();
