import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/**
 * What each part may import, besides itself. `node` stands for Node's own
 * modules and `npm` for every package.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
    "src/core": ["ipaddr.js", "re2js", "zod"],
    "src/clock": ["node"],
    "src/folder": ["node"],
    "src/durable": ["src/folder", "node"],
    "src/limitedSignal": [],
    "src/queue": [],
    "src/orAborted": [],
    "src/locks": ["node", "fs-native-extensions"],
    "src/hostLock": ["src/core", "src/locks"],
    "src/stackOutputs": ["src/core", "node"],
    "src/memoryFile": ["src/core", "src/clock", "src/durable", "src/sources/slices", "node", "zod"],
    "src/okta": ["src/core", "src/limitedSignal", "src/orAborted", "node", "oauth4webapi"],
    "src/outgoing": ["src/core", "src/limitedSignal", "node", "http-proxy-agent", "https-proxy-agent"],
    "src/sources": [
        "src/core",
        "src/limitedSignal",
        "src/queue",
        "src/orAborted",
        "src/outgoing",
        "src/durable",
        "src/folder",
        "src/hostLock",
        "src/okta/pages",
        "node",
        "pg",
        "tsx",
        "yaml",
        "zod",
    ],
    "src/ranges": ["src/core", "src/sources", "src/durable", "src/folder", "node"],
    "src/reconcile": [
        "src/core",
        "src/clock",
        "src/okta/zones/zones",
        "src/okta/zones/setGateways",
        "src/okta/zones/zoneLock",
        "src/sources/source",
    ],
    "src/checkedClock": ["src/core", "src/clock", "src/okta/exchange/stopped", "src/okta/zones/zones"],
    "src/provider": [
        "tsx",
        "src/core",
        "src/clock",
        "src/checkedClock",
        "src/okta",
        "src/outgoing",
        "src/sources",
        "src/reconcile",
        "node",
        "npm",
    ],
    "src/agent": [
        "src/core",
        "src/clock",
        "src/checkedClock",
        "src/durable",
        "src/folder",
        "src/hostLock",
        "src/locks",
        "src/stackOutputs",
        "src/memoryFile",
        "src/okta",
        "src/outgoing",
        "src/queue",
        "src/orAborted",
        "src/sources",
        "src/reconcile",
        "node",
        "npm",
    ],
    "src/portal": [
        "src/core",
        "src/clock",
        "src/limitedSignal",
        "src/sources",
        "src/okta",
        "src/agent/environment",
        "src/agent/http/limits/connections",
        "src/agent/http/listenProblem",
        "src/agent/http/noSchemas",
        "src/agent/http/caller/peer",
        "src/agent/ledger",
        "src/agent/logging",
        "src/agent/page/markup",
        "node",
        "npm",
    ],
    ops: ["node"],
    "src/cli": [
        "src/core",
        "src/clock",
        "src/checkedClock",
        "src/durable",
        "src/folder",
        "src/okta",
        "src/outgoing",
        "src/sources",
        "src/ranges",
        "src/hostLock",
        "src/stackOutputs",
        "src/memoryFile",
        "src/reconcile",
        "src/agent",
        "src/portal",
        "emulator",
        "package.json",
        "node",
        "npm",
    ],
    components: [
        "node",
        "src/core",
        "src/clock",
        "src/outgoing",
        "src/ranges",
        "src/provider",
        "@pulumi/pulumi",
        "@pulumi/okta",
    ],
    policies: ["src/core", "tsx", "@pulumi/policy", "@pulumi/pulumi"],
    index: ["components", "src/core"],
    package: [
        "src/core",
        "src/okta/zones/zoneDocument",
        "src/sources/document/document",
        "src/provider",
        "components",
        "policies",
        "emulator",
        "package.json",
    ],
    preload: ["lazyModules", "tsx", "node", "npm"],
    lazyModules: ["sparedStacks", "node"],
    sparedStacks: [],
    templates: ["index", "node", "npm"],
    tsx: ["node", "npm"],
    // Runs in somebody's workflow, without a package.
    "ops/github-action": ["node"],
    bin: ["src/cli", "package.json", "dist", "tsx", "node", "npm"],
    emulator: ["src/core", "node", "npm"],
    rehearsal: ["lazyModules", "src/core", "src/okta", "src/outgoing", "node", "npm"],
    simulation: ["src", "emulator", "node", "npm"],
    bench: ["src", "components", "emulator", "rehearsal", "scripts", "node", "npm"],
    scripts: ["src", "emulator", "rehearsal", "node", "npm", ".mocharc.json", "package.json"],
};

/** Parts to which time, chance and the environment are parameters. */
const TIMELESS = [
    "src/core",
    "src/okta",
    "src/outgoing",
    "src/sources",
    "src/ranges",
    "src/reconcile",
    "src/checkedClock",
];

/** Parts whose folders need each other in one direction only. */
const FOLDERED = [
    "src/core",
    "src/okta",
    "src/agent",
    "src/sources",
    "src/provider",
    "src/cli",
    "rehearsal",
    "simulation",
    "scripts",
];

const root = join(__dirname, "..");
const SOURCE = /\.(ts|cjs|mjs)$/;

/** Every source file but the tests, by its path from the root, with what it imports, types included. */
const files = new Map(sourceFiles().map((path) => [nameOf(path), importsOf(path, textOf(path))]));

describe("layers", () => {
    for (const [part, allowed] of Object.entries(MAY_IMPORT)) {
        it(`${part} imports ${["itself", ...allowed].join(", ")}`, () => {
            const members = [...files].filter(([file]) => isIn(file, part));
            assert.notEqual(members.length, 0, `${part} has no files`);
            const strays = members.flatMap(([file, targets]) =>
                targets
                    .filter((target) => ![part, ...allowed].some((home) => isOf(target, home)))
                    .map((target) => `${file} imports ${target}`),
            );
            assert.deepEqual(strays, []);
        });
    }

    it("has a row for every file", () => {
        const homeless = [...files.keys()].filter((file) => !Object.keys(MAY_IMPORT).some((part) => isIn(file, part)));
        assert.deepEqual(homeless, []);
    });

    it("has no files that need each other, not even for a type", () => {
        assert.deepEqual(cycleIn(files), []);
    });

    for (const part of FOLDERED) {
        it(`${part} has no folders that need each other`, () => {
            assert.deepEqual(cycleIn(foldersOf(part)), []);
        });
    }

    it("finds a cycle where there is one", () => {
        const graph: readonly (readonly [string, readonly string[]])[] = [
            ["a", ["b"]],
            ["b", ["c", "node"]],
            ["c", ["d", "b"]],
            ["d", []],
        ];
        assert.deepEqual(cycleIn(new Map(graph)), ["b", "c", "b"]);
    });

    it(`${TIMELESS.join(", ")} read neither the clock nor the environment`, () => {
        const outside = /\b(Date\.now|new Date\(\)|Math\.random|process\.(env|argv|cwd))\b/g;
        const found = sourceFiles()
            .filter((path) => TIMELESS.some((part) => isIn(nameOf(path), part)))
            .flatMap((path) => [...textOf(path).matchAll(outside)].map(([what]) => `${path}: ${what}`));
        assert.deepEqual(found, []);
    });
});

/** The same for the folders of a part; a file beside them counts as one. */
function foldersOf(part: string): ReadonlyMap<string, readonly string[]> {
    const folderOf = (file: string) =>
        file
            .split("/")
            .slice(0, part.split("/").length + 1)
            .join("/");
    const folders = new Map<string, string[]>();
    for (const [file, targets] of files) {
        if (!isIn(file, part)) continue;
        const folder = folderOf(file);
        const others = targets.filter((target) => isIn(target, part)).map(folderOf);
        folders.set(folder, [...(folders.get(folder) ?? []), ...others.filter((other) => other !== folder)]);
    }
    return folders;
}

function sourceFiles(): string[] {
    const parts = readdirSync(root).filter((name) => !/^\.|^(test|node_modules|dist)$/.test(name));
    return parts.flatMap(filesIn).filter((path) => SOURCE.test(path));
}

/** Every file in a folder of the root, or the file itself. */
function filesIn(part: string): string[] {
    if (!statSync(join(root, part)).isDirectory()) return [part];
    return readdirSync(join(root, part), { recursive: true, encoding: "utf8" }).map((path) => join(part, path));
}

function textOf(path: string): string {
    return readFileSync(join(root, path), "utf8");
}

function nameOf(path: string): string {
    return path.replace(SOURCE, "");
}

/** The files and modules that a text names in imports and `require`. */
function importsOf(path: string, text: string): string[] {
    return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
        if (fileName.startsWith(".")) return nameOf(normalize(join(dirname(path), fileName)));
        return fileName.startsWith("node:") ? "node" : fileName;
    });
}

function isIn(path: string, part: string): boolean {
    return path === part || path.startsWith(`${part}/`);
}

/** Whether a target lies in a part, or is of a package, or is any package where `home` is `npm`. */
function isOf(target: string, home: string): boolean {
    return isIn(target, home) || (home === "npm" && target !== "node" && !existsInTree(target));
}

function existsInTree(target: string): boolean {
    const [part = ""] = target.split("/");
    return existsSync(join(root, part)) || files.has(target);
}

/** The first cycle, from a file back to itself; none is []. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): string[] => {
        if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
        if (done.has(file)) return [];
        for (const target of graph.get(file) ?? []) {
            const cycle = visit(target, [...trail, file]);
            if (cycle.length > 0) return cycle;
        }
        done.add(file);
        return [];
    };
    for (const file of graph.keys()) {
        const cycle = visit(file, []);
        if (cycle.length > 0) return cycle;
    }
    return [];
}
