import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Entry } from "./entries";

/**
 * Beside a CommonJS bundle its ESM form, which is the same code: two copies of a class or of a cache would be two things.
 * Each has declarations of its own, as TypeScript wants it.
 */
export function writeWrapper(dist: string, { name, source, peers }: Entry): void {
    const write = (suffix: string, text: string) => writeFileSync(join(dist, `${name}.${suffix}`), text);
    const bundle = readFileSync(join(dist, `${name}.js`), "utf8");
    const check = `("${name === "index" ? "zonekeeper" : `zonekeeper/${name}`}", ${JSON.stringify(peers)});\n`;
    const text = `"use strict";\nrequire("./peers.cjs")${check}${bundle}`;
    write("js", text);
    // Node 20 ends the process when CommonJS that a module imports throws, also where the import is caught.
    write("check.mjs", `import check from "./peers.cjs";\ncheck${check}`);
    const names = name === "provider" ? Object.keys(require(join(dist, "provider.js"))) : exportedBy(bundle);
    const first = `import "./${name}.check.mjs";\nimport all from "./${name}.js";\n`;
    write("mjs", `${first}export const { ${names.join(", ")} } = all;\n`);
    if (name === "provider") {
        const declared = names.map((each) => `export declare const ${each}: object;\n`).join("");
        for (const suffix of ["d.ts", "d.mts"]) write(suffix, declared);
        // Never run: it tells Node and others, which do not run the bundle, what it exports.
        write("js", `${text}0 && (module.exports = { ${names.join(", ")} });\n`);
        return;
    }
    write("d.ts", `export * from "./types/${source.replace(/\.ts$/, "")}";\n`);
    write("d.mts", `export * from "./${name}.js";\n`);
}

/** esbuild lists, at the end of a bundle and never run, what it exports. */
function exportedBy(bundle: string): string[] {
    const [, list] = /0 && \(module\.exports = \{([^}]*)\}\);/.exec(bundle) ?? [];
    if (list === undefined) throw new Error("the bundle does not list what it exports");
    return list.split(",").flatMap((each) => each.trim() || []);
}
