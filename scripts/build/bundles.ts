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
    const packages = Object.entries(ONCE).map(([name, path]) => ({ in: join(root, "node_modules", path), out: name }));
    await build({ ...common, entryPoints: packages, plugins: [withoutLocales], minifyWhitespace: true });
}

/**
 * Packages that are a bundle of their own, one for all entries: one file is loaded in a third of the time of their many. zod's
 * own package would have to be in the declarations of what we export, too.
 */
const ONCE = { zod: "zod/index.js", yaml: "yaml/dist/index.js" };

/** Packages that are part of the bundles. Every command loads commander, which takes half of its time to be found. */
const BUNDLED = ["commander"];

/** zod's messages in sixty languages, of which English is loaded on its own. */
const withoutLocales: Plugin = {
    name: "without-locales",
    setup({ onLoad }) {
        onLoad({ filter: /zod\/v4\/locales\/index\.c?js$/ }, () => ({ contents: "export {};", loader: "js" }));
    },
};

/** Leaves out of a bundle what is a file of its own in `dist`, and the packages that are installed beside ours. */
const apart: Plugin = {
    name: "apart",
    setup({ onResolve }) {
        const external = (path: string) => ({ path, external: true });
        onResolve({ filter: /^(zod|yaml)$/ }, ({ path }) => external(`./${path}.js`));
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
