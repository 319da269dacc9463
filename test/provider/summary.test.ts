import { strict as assert } from "node:assert";

import { spanOf } from "../../src/core/addresses/ip";
import type { Unusable } from "../../src/core/grants/grantsDocument";
import type { Refusal } from "../../src/core/membership/plan";
import { SENTINEL } from "../../src/core/zones/zone";
import { summarize, type Told } from "../../src/provider/summary";
import { addresses } from "../support/cells";
import { A, B, C, grant } from "../support/grants";

function told(gateways: string[], add: string[], remove: string[], refused: readonly Refusal[] = []): Told {
    const judgement: Told["judgement"] = {
        verdict: "accepted",
        grants: [],
        keep: [],
        losses: [],
        deliberate: [],
        lasting: [],
        waiting: [],
        active: 0,
        recent: 0,
        most: 3,
    };
    return { plan: { zones: [{ id: "nzo1", gateways, add, remove }], refused: [] }, refused, held: [], judgement };
}

function refused(kind: Refusal["kind"], ...ids: string[]): Refusal[] {
    return ids.map((id) => ({ id, reason: `it is ${kind}`, kind }));
}

function unusable(count: number): Unusable[] {
    return Array.from({ length: count }, (_, index) => ({ id: `g-${index}`, field: "ip", reason: "is missing" }));
}

describe("summarize", () => {
    const twelve = addresses(12);
    const table: [told: Told, says: string[]][] = [
        [told([A, B], [], []), []],
        [told([A, B, C], [A, B], []), [`2 gateways come in, 0 go out, 1 stay; in: ${A}, ${B}`]],
        [told([A], [A], [SENTINEL]), [`1 gateway comes in, 0 go out, 0 stay; in: ${A}`]],
        [told([SENTINEL], [SENTINEL], [A]), [`0 gateways come in, 1 goes out, 0 stay; out: ${A}`]],
        [
            told(twelve, twelve, []),
            [`12 gateways come in, 0 go out, 0 stay; in: ${twelve.slice(0, 10).join(", ")} and 2 more`],
        ],
        [
            told([A, B], [B], [C], [...refused("room", "g-1"), ...refused("limit", "g-2")]),
            [`1 gateway comes in, 1 goes out, 1 stay; in: ${B}; out: ${C}; refused: g-1, g-2`],
        ],
        [told([A], [], [], refused("room", "g-1")), ["refused: g-1"]],
        [told([A], [], [], refused("held", "g-1")), []],
        [told([A], [], [], refused("room", ...twelve)), [`refused: ${twelve.slice(0, 10).join(", ")} and 2 more`]],
    ];
    for (const [decision, says] of table) {
        it(`says ${says.join() || "nothing"}`, () => assert.deepEqual(summarize(decision, []), says));
    }

    it("says what is held and why, and how to confirm it", () => {
        const decision = told([A, B], [], []);
        const losses = [grant(A), undefined].map((was) => ({
            item: "",
            grant: was,
            why: was === undefined ? ("unexplained" as const) : ("gone" as const),
            spans: [spanOf(A)],
        }));
        const judgement = { ...decision.judgement, verdict: "held", because: "all", losses, active: 2 } as const;
        const held = [
            { address: A, why: "gone" as const, grants: [grant(A)] },
            { address: B, why: "unexplained" as const, grants: [] },
        ];
        const sentence = "held by maxRemovals: all 2 known active grants and entries would lose an address";
        assert.deepEqual(summarize({ ...decision, held, judgement }, []), [
            `warning: 2 addresses are held and stay: ${A}, ${B}; ${sentence}; confirm it, or restore their grants; ` +
                "an entry of which nothing is remembered counts as a known active grant; " +
                "to confirm it, set zonekeeper:confirmRemovals to true for one run",
        ]);
    });

    it("has a line for each entry that is unusable, and says which of them stay", () => {
        const stays = { ...told([A], [], [], refused("unusable", "g-1")) };
        assert.deepEqual(summarize(stays, unusable(2)), [
            'warning: the grant "g-0" cannot be used: ip is missing; it admits nobody',
            'warning: the grant "g-1" cannot be used: ip is missing; it is unusable',
        ]);
    });

    it("does not fill the screen with them", () => {
        const lines = summarize(told([A], [], []), unusable(1000));
        assert.equal(lines.length, 101);
        assert.equal(lines.at(-1), "warning: 900 more grants cannot be used; the output unusable has all of them");
    });
});
