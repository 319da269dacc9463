import { strict as assert } from "node:assert";
import fc from "fast-check";

import { formatSpan, spanOf } from "../../../src/core/addresses/ip";
import { coversSpan } from "../../../src/core/addresses/spans";
import {
    activeDenials,
    barredBy,
    type Denial,
    denialOf,
    deniedSpans,
    nextDenialChangeMs,
    userKey,
} from "../../../src/core/membership/denials";

const NOW = Date.parse("2026-12-01T12:00:00Z");

function denial(changes: Partial<Denial>): Denial {
    return { id: "d1", reason: "INC-1", by: "mia", atMs: NOW, ...changes };
}

describe("activeDenials", () => {
    const rows: readonly (readonly [untilMs: number | undefined, isActive: boolean, because: string])[] = [
        [undefined, true, "it counts until it is lifted"],
        [NOW + 1, true, "it has not ended"],
        [NOW, false, "the end itself is outside"],
        [NOW - 1, false, "it has ended"],
    ];
    for (const [untilMs, isActive, because] of rows) {
        it(`finds that ${because}`, () => {
            const given = [denial(untilMs === undefined ? {} : { untilMs })];
            assert.deepEqual(activeDenials(given, NOW), isActive ? given : []);
        });
    }

    it("keeps a denial that a clock ahead of ours dated", () => {
        const given = [denial({ atMs: NOW + 3_600_000 })];
        assert.deepEqual(activeDenials(given, NOW), given);
    });
});

describe("deniedSpans", () => {
    it("joins the addresses of all, and ignores users and grants", () => {
        const denials = ["203.0.113.4/31", "203.0.113.6-203.0.113.9", "198.51.100.7"].map((text) =>
            denial({ span: spanOf(text) }),
        );
        const spans = deniedSpans([...denials, denial({ user: "ana" }), denial({ grant: "g-1" })]);
        assert.deepEqual(spans.map(formatSpan), ["198.51.100.7/32", "203.0.113.4-203.0.113.9"]);
    });
});

describe("denialOf", () => {
    type Row = readonly [grant: { id: string; user?: string }, denied: Partial<Denial>, isBarred: boolean, why: string];
    const rows: readonly Row[] = [
        [{ id: "g-1" }, { grant: "g-1" }, true, "the ids are equal"],
        [{ id: "g-1" }, { grant: "G-1" }, false, "ids of grants are compared as written"],
        [{ id: "g-1", user: "ana@x" }, { user: "ana@x" }, true, "the users are equal"],
        [{ id: "g-1", user: "ana@x" }, { user: "ANA@X" }, true, "Okta compares logins without regard to case"],
        [{ id: "g-1", user: "Ana" }, { user: "ana" }, true, "a login need not look like an e-mail address"],
        [{ id: "g-1", user: "00uAb" }, { user: "00uab" }, false, "Okta's ids differ by case"],
        [{ id: "g-1", user: "00uAb" }, { user: "00uAb" }, true, "the ids of users are equal"],
        [{ id: "g-1", user: "ana@x" }, { user: "00uAb" }, false, "only Okta knows that both are one user"],
        [{ id: "g-1", user: "ana@x" }, { user: "ana" }, false, "a part of a login is another login"],
        [{ id: "g-1" }, { user: "ana" }, false, "nobody is named"],
        [{ id: "ana", user: "bo" }, { user: "ana" }, false, "a grant's id is not a user"],
        [{ id: "g-1", user: "ana" }, { span: spanOf("203.0.113.7") }, false, "only the address is taken out"],
    ];
    for (const [grant, denied, isBarred, why] of rows) {
        it(`${isBarred ? "bars" : "does not bar"} a grant, because ${why}: ${grant.id}/${grant.user}`, () => {
            const given = denial(denied);
            assert.equal(denialOf(grant, [given]), isBarred ? given : undefined);
        });
    }

    it("names the first denial in the list", () => {
        const [byGrant, byUser] = [denial({ grant: "g-1" }), denial({ user: "ana" })];
        assert.equal(denialOf({ id: "g-1", user: "ana" }, [byGrant, byUser]), byGrant);
        assert.equal(denialOf({ id: "g-1", user: "ana" }, [byUser, byGrant]), byUser);
    });
});

describe("nextDenialChangeMs", () => {
    it("is the next end that is still to come", () => {
        const denials = [NOW - 1, NOW, NOW + 5, NOW + 3].map((untilMs) => denial({ untilMs }));
        assert.equal(nextDenialChangeMs([...denials, denial({})], NOW), NOW + 3);
    });

    it("is never where nothing ends", () => {
        assert.equal(nextDenialChangeMs([], NOW), undefined);
        assert.equal(nextDenialChangeMs([denial({}), denial({ untilMs: NOW })], NOW), undefined);
    });
});

describe("laws of denials", () => {
    const target = fc.oneof(
        fc.constantFrom("ana", "Ana", "bo@x", "BO@x", "00uA", "00ua").map((user) => ({ user })),
        fc.constantFrom("g-1", "g-2", "G-1").map((grant) => ({ grant })),
        fc.tuple(fc.nat(30), fc.nat(5)).map(([low, size]) => ({ span: { low, high: low + size } })),
    );
    const anyDenial = fc
        .record({ target, untilMs: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }) })
        .map(({ target, untilMs }) => denial({ ...target, ...(untilMs !== undefined && { untilMs: NOW + untilMs }) }));
    const anyDenials = fc.array(anyDenial, { maxLength: 12 });
    const anyGrant = fc.record(
        { id: fc.constantFrom("g-1", "g-2", "ana"), user: fc.constantFrom("ana", "BO@X", "00uA") },
        { requiredKeys: ["id"] },
    );

    it("a shorter list never keeps anybody out whom a longer one lets in", () => {
        fc.assert(
            fc.property(anyDenials, anyDenial, anyGrant, (denials, more, grant) => {
                const [before, after] = [denialOf(grant, denials), denialOf(grant, [...denials, more])];
                if (before !== undefined) assert.equal(after, before);
                const spans = deniedSpans([...denials, more]);
                assert.ok(deniedSpans(denials).every((span) => coversSpan(spans, span)));
            }),
        );
    });

    it("what is in force changes at the next change, and not before", () => {
        fc.assert(
            fc.property(anyDenials, (denials) => {
                const nextMs = nextDenialChangeMs(denials, NOW);
                const now = activeDenials(denials, NOW);
                assert.deepEqual(activeDenials(denials, (nextMs ?? NOW + 1000) - 1), now);
                if (nextMs !== undefined) assert.ok(activeDenials(denials, nextMs).length < now.length);
            }),
        );
    });

    it("the index agrees with a look at each denial in turn", () => {
        fc.assert(
            fc.property(anyDenials, anyGrant, (denials, grant) => {
                const { id, user } = grant as { readonly id: string; readonly user?: string };
                const naive = denials.find(
                    (each) =>
                        each.grant === id ||
                        (each.user !== undefined && user !== undefined && userKey(each.user) === userKey(user)),
                );
                assert.equal(barredBy(denials)(grant), naive);
            }),
        );
    });
});
