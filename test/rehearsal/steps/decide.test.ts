import { strict as assert } from "node:assert";

import type { Difference } from "../../../rehearsal/provider";
import { type Decision, decide } from "../../../rehearsal/steps/decide";
import { existing, goal, thingProvider, urnOf } from "../stage";

describe("decide", () => {
    const equal = { size: 1 };
    const other = { size: 2 };
    const moved = { provider: `${urnOf("own")}::1` };
    const named = { replaceOnChanges: ["size"] };
    const table: [says: boolean | undefined, and: string, inputs: { size: number }, more: object, Decision][] = [
        [false, "nothing else", other, {}, "same"],
        [false, "the last create or update was partial", equal, { problems: ["late"] }, "update"],
        [undefined, "the inputs are equal", equal, {}, "same"],
        [undefined, "they differ", other, {}, "update"],
        [true, "nothing else", equal, {}, "update"],
        [true, "replacement is needed", other, { replaces: ["size"] }, "replace"],
        [
            true,
            "replacement is needed and it must go first",
            other,
            { replaces: ["size"], deleteBeforeReplace: true },
            "delete-then-replace",
        ],
        [false, "replacement would be needed", other, { replaces: ["size"] }, "same"],
        [false, "another provider is in charge", equal, moved, "replace"],
        [false, "replaceOnChanges names what differs", other, named, "replace"],
        [false, "replaceOnChanges names what does not differ", equal, named, "same"],
        [false, "replaceOnChanges names everything", other, { replaceOnChanges: ["*"] }, "replace"],
    ];
    for (const [changes, and, inputs, more, expected] of table) {
        it(`says ${expected} when the provider says ${changes} and ${and}`, async () => {
            const said = { changes, replaces: [], deleteBeforeReplace: false, ...more } as Difference;
            const provider = thingProvider([], { diff: async () => said });
            const old = existing("staff", equal, "problems" in more ? { problems: ["late"] } : {});
            assert.equal(await decide(goal("staff", inputs, more), old, inputs, provider), expected);
        });
    }

    it("lets the program's word on deleting first stand above the provider's", async () => {
        const diff = async () => ({ changes: true, replaces: ["size"], deleteBeforeReplace: true });
        const wanted = goal("staff", other, { deleteBeforeReplace: false });
        assert.equal(await decide(wanted, existing("staff", equal), other, thingProvider([], { diff })), "replace");
    });
});
