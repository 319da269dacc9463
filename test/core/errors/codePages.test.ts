import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CODES } from "../../../src/core/errors/codeTable";

const folder = join(__dirname, "../../../docs/errors");

describe("docs/errors", () => {
    it("has a page for every code, and no other page", () => {
        const pages = readdirSync(folder).filter((name) => name !== "README.md");
        assert.deepEqual(
            pages.sort(),
            CODES.map(({ code }) => `${code}.md`),
        );
    });

    for (const { code, name, meaning, remedy } of CODES) {
        it(`says of ${code} what the table says, and what to do step by step`, () => {
            const text = readFileSync(join(folder, `${code}.md`), "utf8");
            const [title, what = "", ...parts] = text.split("\n\n").map((part) => part.replace(/\s+/g, " ").trim());
            assert.deepEqual([title, what], [`# ${code}: ${name}`, meaning]);
            assert.match(parts[0] ?? "", /^\*\*How it shows\.\*\* .+/);
            assert.deepEqual([parts[1], parts[3]], ["**Causes**", `**Remedy.** ${remedy}`]);
            assert.match(parts[2] ?? "", /^\* .+/);
            assert.match(parts[4] ?? "", /^1\. .+/);
        });
    }

    it("lists every code in its README, in order", () => {
        const readme = readFileSync(join(folder, "README.md"), "utf8");
        const rows = readme.split("\n").filter((line) => line.startsWith("| [ZK"));
        assert.deepEqual(
            rows,
            CODES.map(({ code, name, meaning }) => `| [${code}](${code}.md) | \`${name}\` | ${meaning} |`),
        );
    });
});
