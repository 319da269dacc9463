import { rmSync } from "node:fs";
import { dirname, join } from "node:path";

import packageJson from "../../../package.json";
import { type Installed, installPackage, ROOT } from "../install";

/** The Node that the packages bring, before the one that started the tests. */
export const RELEASE = { ...process.env, PATH: `${join(ROOT, "node_modules/node/bin")}:${process.env.PATH}` };

/** As somebody types them. */
export const PEERS = Object.entries(packageJson.peerDependencies).map(([name, range]) => `${name}@${range}`);

let installed: Installed | undefined;

/** Packed once for all files of the matrix. */
export function packed(): Installed {
    installed ??= installPackage();
    return installed;
}

after(() => {
    if (installed !== undefined) rmSync(dirname(installed.folder), { recursive: true, force: true });
});
