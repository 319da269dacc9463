import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { policies } from "../../policies/policies";
import { ROOT } from "../support/run";

const text = readFileSync(join(ROOT, "docs/reference/policies.md"), "utf8");
const all = policies({ env: {}, now: () => 0 });

describe("docs/reference/policies.md", () => {
    it("has a section for each policy, in the order of the pack", () => {
        const headings = [...text.matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name);
        assert.deepEqual(
            headings,
            all.map(({ name }) => name),
        );
    });

    it("says which level each has", () => {
        const rows = [...text.matchAll(/^\| \[`([a-z-]+)`\]\(#\1\) \| (.*) \| (\w+) \|$/gm)].map((row) => row.slice(1));
        assert.deepEqual(
            rows,
            all.map((policy) => {
                const about = "validateStack" in policy ? "the stack" : "each resource";
                return [policy.name, about, policy.enforcementLevel];
            }),
        );
    });

    it("names every setting in its section, and shows it in the example", () => {
        const example = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? "{}") as Record<string, object>;
        for (const { name, configSchema } of all) {
            const settings = Object.keys(configSchema?.properties ?? {});
            const section = text.split(`\n## ${name}\n`)[1]?.split("\n## ")[0] ?? "";
            assert.deepEqual(
                settings.filter((setting) => !section.includes(`\`${setting}\``)),
                [],
            );
            const shown = Object.keys(example[name] ?? {}).filter((key) => key !== "enforcementLevel");
            assert.deepEqual(shown.sort(), settings.sort());
        }
    });
});
