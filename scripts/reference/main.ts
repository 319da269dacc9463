import { writeFile } from "node:fs/promises";

import { PAGES } from "./pages";

/** `npm run reference`: writes the pages of the reference that the code itself knows. */
async function main(): Promise<void> {
    for (const [path, page] of Object.entries(PAGES)) await writeFile(path, await page());
}

void main();
