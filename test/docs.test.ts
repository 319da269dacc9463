import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

import { HELP } from "../src/cli/arguments/helpText";
import { readSettings } from "../src/core/settings/settings";

const root = resolve(__dirname, "..");

/** Every page for people: those in the root and all of docs. */
const PAGES = [
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
    ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md"))
        .map((name) => join("docs", name)),
].sort();

const textOf = (page: string) => readFileSync(join(root, page), "utf8");

describe("the documentation", () => {
    it("has a README of at most 150 lines", () => {
        assert.ok(textOf("README.md").split("\n").length <= 150);
    });

    for (const page of PAGES) {
        it(`links to files and headings that exist: ${page}`, () => {
            assert.deepEqual(brokenLinks(page), []);
        });
    }

    it("names in its index every page of docs but those of the codes", () => {
        const linked = new Set(linksIn("docs/README.md").map(({ path }) => path));
        const pages = PAGES.filter((page) => page.startsWith("docs/") && !page.startsWith(join("docs", "errors")));
        assert.deepEqual(
            pages.filter((page) => page !== "docs/README.md" && !linked.has(page)),
            [],
        );
    });

    it("shows programs that compile", () => {
        const programs = PAGES.flatMap((page) =>
            [...textOf(page).matchAll(/```ts\n(.*?)```/gs)].map(([, text = ""]) => text),
        );
        assert.ok(programs.length > 2);
        assert.deepEqual(problemsOf(programs), []);
    });

    it("lists every setting of a stack, and none that is not there", () => {
        const listed = [...textOf("docs/reference/settings.md").matchAll(/^\|([^|]*`zonekeeper:[^|]*)\|/gm)].flatMap(
            ([, cell = ""]) => [...cell.matchAll(/`zonekeeper:(\w+)`/g)].map(([, key = ""]) => key),
        );
        assert.throws(
            () => readSettings({ nonsense: "" }, "dev"),
            ({ message }: Error) => {
                const known = /there are ([\w, ]+)/.exec(message)?.[1]?.split(", ") ?? [];
                assert.deepEqual([...listed].sort(), [...known].sort());
                return true;
            },
        );
    });

    it("deploys a stack whose pulumi up lets people in", () => {
        const [, deploy = ""] = /^# Deploy.*?```\n(.*?)```/s.exec(textOf("docs/guides/deploy.md")) ?? [];
        const [, stack = ""] = /pulumi stack init (\S+)/.exec(deploy) ?? [];
        const [, path = ""] = /source\.path (\S+)/.exec(deploy) ?? [];
        // A shipped file of the stack may leave the gateways to an agent.
        assert.notEqual(stack, "");
        assert.equal(existsSync(join(root, `Pulumi.${stack}.yaml`)), false);
        assert.ok(existsSync(join(root, path)), path);
    });

    it("has a section for every command", () => {
        const page = textOf("docs/reference/commands.md");
        const commands = new Set(Object.keys(HELP).map((name) => name.split(" ")[0]));
        assert.deepEqual(
            [...commands].filter((name) => !page.includes(`zonekeeper ${name}`)),
            [],
        );
    });

    it("names for each threat to the portal a test that exists", () => {
        const [, section = ""] =
            /^## Threats$(.*?)^## /ms.exec(textOf(join("docs", "explanation", "threat-model.md"))) ?? [];
        const rows = section.split("\n").filter((line) => /^\| (?!threat |---)/.test(line) && !/^\|[-|]+$/.test(line));
        assert.ok(rows.length > 30);
        assert.deepEqual(
            rows.flatMap((row) => missingTests(row.split(" | ").at(-1) ?? "")),
            [],
        );
    });

    it("has the pages that the help of a command names", () => {
        const named = Object.values(HELP).flatMap(({ docs }) => docs.split(", "));
        assert.deepEqual(
            named.filter((path) => !existsSync(join(root, path))),
            [],
        );
    });
});

/** Of a cell such as `test/a.test.ts`: "title", "title"; `test/b.test.ts`: "title": what is not there. */
function missingTests(cell: string): string[] {
    const files = [...cell.matchAll(/`([^`]+)`: ((?:"[^"]+"(?:, )?)+)/g)];
    if (files.length === 0) return [`no test in ${cell}`];
    return files.flatMap(([, path = "", titles = ""]) => {
        if (!existsSync(join(root, path))) return [path];
        return [...titles.matchAll(/"([^"]+)"/g)].flatMap(([, title = ""]) =>
            textOf(path).includes(title) ? [] : [`${path}: ${title}`],
        );
    });
}

interface Link {
    /** Relative to the checkout. */
    readonly path: string;
    readonly heading: string | undefined;
}

function linksIn(page: string): readonly Link[] {
    const text = textOf(page).replace(/```.*?```/gs, "");
    return [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].map(
        ([, target = "", heading]) => ({
            path: target === "" ? page : relative(root, resolve(root, dirname(page), target)),
            heading,
        }),
    );
}

function brokenLinks(page: string): string[] {
    return linksIn(page).flatMap(({ path, heading }) => {
        if (!existsSync(join(root, path))) return [path];
        return heading === undefined || headingsOf(path).has(heading) ? [] : [`${path}#${heading}`];
    });
}

/** As GitHub names them. */
function headingsOf(page: string): ReadonlySet<string> {
    const titles = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
    return new Set(
        titles.map((title) =>
            title
                .toLowerCase()
                .replace(/[^\p{L}\p{N} _-]/gu, "")
                .replaceAll(" ", "-"),
        ),
    );
}

/** What the compiler says of programs that use the package by its name. */
function problemsOf(programs: readonly string[]): string[] {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    options.paths = {
        zonekeeper: ["./package/library.ts"],
        "zonekeeper/pulumi": ["./package/pulumi.ts"],
        "zonekeeper/emulator": ["./package/emulator.ts"],
        "zonekeeper/policies": ["./package/policies.ts"],
    };
    const texts = new Map(programs.map((text, index) => [join(root, `example${index}.ts`), text]));
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = host;
    host.fileExists = (name) => texts.has(name) || fileExists(name);
    host.readFile = (name) => texts.get(name) ?? readFile(name);
    const program = ts.createProgram([...texts.keys()], options, host);
    return [...texts.keys()].flatMap((path) =>
        ts
            .getPreEmitDiagnostics(program, program.getSourceFile(path))
            .map(({ messageText }) => `${ts.flattenDiagnosticMessageText(messageText, " ")} in ${texts.get(path)}`),
    );
}
