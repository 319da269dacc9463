import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";

import { COMMANDS, ENTRIES } from "./entries";

/** Bundles in one CommonJS form, each by its name in `dist`. */
export async function buildBundles(root: string, dist: string): Promise<void> {
    const entryPoints = [
        ...ENTRIES.map(({ name, source }) => ({ in: join(root, source), out: name })),
        { in: join(root, "src/cli/main.ts"), out: "cli" },
        ...COMMANDS.map((name) => ({ in: join(root, `src/cli/${name}.ts`), out: `cli-${name}` })),
        { in: join(root, "src/sources/document/documentReader.ts"), out: "documentReader" },
    ];
    const common = { bundle: true, platform: "node", format: "cjs", target: "node20.19", outdir: dist } as const;
    await build({
        ...common,
        entryPoints,
        plugins: [apart],
    });
    // One zod for all of them: its own package would have to be in the declarations of what we export.
    await build({ ...common, entryPoints: [{ in: join(root, "node_modules/zod/index.js"), out: "zod" }] });
}

/** Packages that are part of the bundles. Every command loads commander, which takes half of its time to be found. */
const BUNDLED = ["commander"];

/** Leaves out of a bundle what is a file of its own in `dist`, and the packages that are installed beside ours. */
const apart: Plugin = {
    name: "apart",
    setup({ onResolve }) {
        const external = (path: string) => ({ path, external: true });
        onResolve({ filter: /^zod$/ }, () => external("./zod.js"));
        onResolve({ filter: /\/lazyProvider\.cjs$/ }, () => external("./lazyProvider.cjs"));
        onResolve({ filter: /^\.\.\/\w+$/ }, ({ path, importer, kind }) => {
            const name = basename(path);
            const isCommand = kind === "require-call" && /src\/cli\/commands\/\w+\.ts$/.test(importer);
            return isCommand && COMMANDS.some((command) => command === name) ? external(`./cli-${name}.js`) : undefined;
        });
        // A package's own version is part of the bundle: the package may not be installed.
        onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
            const isPart = BUNDLED.includes(path) || importer.includes("node_modules/commander/");
            const isOurs =
                kind === "entry-point" || path === "@pulumi/okta/package.json" || (isPart && !path.startsWith("node:"));
            return isOurs ? undefined : external(path);
        });
    },
};
