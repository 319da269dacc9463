import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CODES } from "../../../src/core/errors/codeTable";

const root = join(__dirname, "../../..");

/** Sentences of code that tell somebody what to do. */
function sentencesIn(folder: string): readonly string[] {
    const files = readdirSync(join(root, folder));
    assert.ok(files.length > 5, folder);
    const texts = files.flatMap(
        (file) => readFileSync(join(root, folder, file), "utf8").match(/(["`])[A-Z](?:(?!\1)[^\n])*\1/g) ?? [],
    );
    return texts.filter((text) => text.includes(" "));
}

/** What changes who gets in. */
const ACTS =
    /\b(activate|is cleared|Denied|take it off|takes? .* out|lift|confirm it|move the|delete|has to stop|stop that|add a (rule|zone|shard)|zonekeeper sync)\b/i;

/** What makes somebody look before they act, or says what else belongs to it. */
const LOOKS =
    /\b(find out|look (at|under|for)|see (first|whether|why|in|that|to it)|ask (whoever|who)|only if|if (it|that|such|they|not|the|nobody|neither|anybody)|as well|which know|where there is no|in zones that|while the denial|that nothing uses|to the rule|where grants are bound)\b/i;

const all = [
    ...CODES.map(({ code, remedy }) => [code, remedy] as const),
    ...["src/core/doctor", "src/core/why"].flatMap((folder) =>
        sentencesIn(folder).map((text) => [folder, text] as const),
    ),
];

describe("a remedy", () => {
    it("never makes things worse for who follows it to the letter: it says what to look at before a change of access", () => {
        const acts = all.filter(([, remedy]) => ACTS.test(remedy));
        assert.ok(acts.length > 15, `${acts.length} remedies change who gets in`);
        assert.deepEqual(
            acts.filter(([, remedy]) => !LOOKS.test(remedy)),
            [],
        );
    });

    it("runs no sync that knows of no denial and of nothing that is held", () => {
        const syncs = all.filter(([, remedy]) => /zonekeeper sync\b/.test(remedy));
        assert.ok(syncs.length > 2);
        assert.deepEqual(
            syncs.filter(([, remedy]) => !/--config|--state/.test(remedy)),
            [],
        );
    });
});
