import { strict as assert } from "node:assert";

import fc from "fast-check";

import { type EndedWhom, endedRowsOf, endedSignIn, type SignInTimes } from "../../../src/core/portal/endedSignIns";
import type { Used } from "../../../src/core/portal/types";
import { person } from "./support";

const S = 1_796_126_400;
const [BEFORE, AFTER] = [{ startedAtMs: S * 1000 - 1 }, { startedAtMs: S * 1000 + 1 }];
const ANA = person({ sub: "00uAna", user: "00uAna", name: "Ana", aliases: ["ana@example.com"] });
const SUB = { iss: ANA.iss, sub: "00uAna" };

function usedBy(whom: readonly EndedWhom[], heardAtMs = S * 1000): ReadonlyMap<string, Used> {
    const rows = endedRowsOf(whom, { heardAtMs, issuedAtS: S });
    return new Map(rows.map(([, key, row]) => [key, row as Used]));
}

describe("endedSignIn", () => {
    const rows: Readonly<Record<string, readonly [EndedWhom, Partial<SignInTimes>, ReturnType<typeof endedSignIn>]>> = {
        "one that began before, whenever its token was issued": [
            SUB,
            { ...BEFORE, iat: S + 5, auth_time: S + 5 },
            "ended",
        ],
        "one that began at that moment": [SUB, { startedAtMs: S * 1000 }, "ended"],
        "one that says no times": [SUB, AFTER, undefined],
        "one whose token was issued before": [SUB, { ...AFTER, iat: S - 1 }, "ended"],
        "one by a login of before": [SUB, { ...AFTER, iat: S + 1, auth_time: S - 1 }, "stale"],
        "one by a login of since": [SUB, { ...AFTER, iat: S + 1, auth_time: S }, undefined],
        "one of another person": [{ ...SUB, sub: "00uLea" }, BEFORE, undefined],
        "one of another issuer": [{ ...SUB, iss: "https://evil.example" }, BEFORE, undefined],
        "one by e-mail address": [{ iss: ANA.iss, called: "Ana@Example.com" }, BEFORE, "ended"],
        "one by user, of any issuer": [{ called: "00uAna" }, BEFORE, "ended"],
        "one by the e-mail address of another issuer": [
            { iss: "https://evil.example", called: "ana@example.com" },
            BEFORE,
            undefined,
        ],
        "one by the name that the page shows": [{ iss: ANA.iss, called: "Ana" }, BEFORE, undefined],
    };
    for (const [what, [whom, times, expected]] of Object.entries(rows)) {
        it(`says ${expected ?? "nothing"} of ${what}`, () => {
            const all = { startedAtMs: 0, iat: undefined, auth_time: undefined, ...times };
            assert.equal(endedSignIn(usedBy([whom]), ANA, all), expected);
        });
    }

    it("never lets in a sign-in that began before its person's end was heard of", () => {
        const moment = fc.integer({ min: 0, max: 10 });
        fc.assert(
            fc.property(moment, moment, fc.option(moment), fc.option(moment), (heard, started, iat, authTime) => {
                const times = { startedAtMs: started, iat, auth_time: authTime };
                const result = endedSignIn(usedBy([SUB], heard), ANA, times);
                assert.ok(started > heard || result === "ended");
            }),
        );
    });
});
