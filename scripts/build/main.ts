import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import packageJson from "../../package.json";
import { declareTypes } from "./declarations";
import { ENTRIES } from "./entries";
import { normaliseModes } from "./modes";
import { buildProgram } from "./program";
import { writeWrapper } from "./wrapper";

/** `npm run build`: what the package has besides what lies in the checkout, in `dist`. The checkout itself never reads it. */
async function main(): Promise<void> {
    const root = process.cwd();
    const dist = join(root, "dist");
    rmSync(dist, { recursive: true, force: true });
    mkdirSync(dist);
    await buildProgram(root, dist);
    declareTypes(root, dist);
    for (const entry of ENTRIES) writeWrapper(dist, entry);
    normaliseModes(root, packageJson.files);
}

void main();
