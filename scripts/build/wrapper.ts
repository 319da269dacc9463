import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Entry } from "./entries";

/** Of a provider, all that its declaration tells: it is for stored providers, not for programs. */
const PROVIDER_TYPES = "declare const providers: Readonly<Record<string, object>>;\nexport = providers;\n";

/**
 * Beside a CommonJS bundle its ESM form, which is the same code: two copies of a class or of a cache would be two things.
 * Each has declarations of its own, as TypeScript wants it.
 */
export function writeWrapper(dist: string, { name, source, peers }: Entry): void {
    const write = (suffix: string, text: string) => writeFileSync(join(dist, `${name}.${suffix}`), text);
    if (peers.length > 0) write("js", withPeers(readFileSync(join(dist, `${name}.js`), "utf8"), name, peers));
    if (name === "provider") {
        write("d.ts", PROVIDER_TYPES);
        return;
    }
    const types = `./types/${source.replace(/\.ts$/, "")}`;
    write("d.ts", `export * from "${types}";\n`);
    write("d.mts", `export * from "./${name}.js";\n`);
    const names = exportedBy(readFileSync(join(dist, `${name}.js`), "utf8"));
    write("mjs", `import all from "./${name}.js";\nexport const { ${names.join(", ")} } = all;\n`);
}

function withPeers(bundle: string, name: string, peers: readonly string[]): string {
    return `"use strict";\nrequire("./peers.cjs")("zonekeeper/${name}", ${JSON.stringify(peers)});\n${bundle}`;
}

/** esbuild lists, at the end of a bundle and never run, what it exports. */
function exportedBy(bundle: string): string[] {
    const [, list] = /0 && \(module\.exports = \{([^}]*)\}\);/.exec(bundle) ?? [];
    if (list === undefined) throw new Error("the bundle does not list what it exports");
    return list.split(",").flatMap((each) => each.trim() || []);
}
