import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";

import { doorTo, type Entry } from "../../src/provider/doorTo";

const ENTRIES: readonly Entry[] = ["zoneSettings", "shards", "farewell", "systemZone", "existing"];

describe("doorTo", () => {
    for (const what of ENTRIES) {
        it(`is stored as a short text that captures nothing but its name: ${what}`, async () => {
            const door = doorTo(what);
            const { text } = await pulumi.runtime.serializeFunction(() => door, { allowSecrets: true });
            assert.ok(text.length < 2600, `${text.length} characters`);
            const captured = [...text.matchAll(/with\(\{ (.*) \}\)/g)].flatMap(([, list = ""]) => list.split(", "));
            const names = captured.map((each) => each.split(":")[0]);
            assert.deepEqual([...new Set(names)].sort(), ["arguments", "door", "open", "this", "what"]);
            assert.ok(captured.includes(`what: "${what}"`));
        });

        it(`opens onto a provider with every method: ${what}`, () => {
            const { provider } = require(`../../src/provider/${what}`);
            assert.deepEqual(Object.keys(doorTo(what)).sort(), Object.keys(provider).sort());
        });
    }
});
