import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

import { readSettings } from "../src/core/settings/settings";

const root = resolve(__dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

describe("README.md", () => {
    it("shows programs that compile", () => {
        const programs = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, text = ""]) => text);
        assert.notEqual(programs.length, 0);
        for (const text of programs) assert.deepEqual(problemsOf(text), []);
    });

    it("lists every setting, and none that is not there", () => {
        const listed = [...readme.matchAll(/^\|([^|]*`zonekeeper:[^|]*)\|/gm)].flatMap(([, cell = ""]) =>
            [...cell.matchAll(/`zonekeeper:(\w+)`/g)].map(([, key = ""]) => key),
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
        const [, deploy = ""] = /## Deploy\n\n```\n(.*?)```/s.exec(readme) ?? [];
        const [, stack = ""] = /pulumi stack init (\S+)/.exec(deploy) ?? [];
        const [, path = ""] = /source\.path (\S+)/.exec(deploy) ?? [];
        // A shipped file of the stack may leave the gateways to an agent.
        assert.notEqual(stack, "");
        assert.equal(existsSync(join(root, `Pulumi.${stack}.yaml`)), false);
        assert.ok(existsSync(join(root, path)), path);
    });

    it("names files that exist", () => {
        const files = [...readme.matchAll(/\]\(([\w/.-]+)\)/g)].map(([, path = ""]) => path);
        assert.notEqual(files.length, 0);
        assert.deepEqual(
            files.filter((path) => !existsSync(join(root, path))),
            [],
        );
    });

    it("explains every code of an error", () => {
        const source = readFileSync(join(root, "src/core/errors/errors.ts"), "utf8");
        const codes = [...source.matchAll(/^ {4}\| "([\w-]+)"/gm)].map(([, code = ""]) => code);
        assert.ok(codes.length > 5);
        assert.deepEqual(
            codes.filter((code) => !readme.includes(`| \`${code}\` |`)),
            [],
        );
    });
});

/** What the compiler says of a program that lies in the root of the checkout. */
function problemsOf(text: string): string[] {
    const { options } = ts.parseJsonConfigFileContent(
        ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
        ts.sys,
        root,
    );
    const path = join(root, "example.ts");
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = host;
    host.fileExists = (name) => name === path || fileExists(name);
    host.readFile = (name) => (name === path ? text : readFile(name));
    const getSourceFile = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) =>
        name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
    const program = ts.createProgram([path], options, host);
    return ts
        .getPreEmitDiagnostics(program, program.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}
