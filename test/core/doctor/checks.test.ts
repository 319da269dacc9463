import { strict as assert } from "node:assert";

import { credentialLasts, roleSuffices, scopesSuffice, tokenIsFree } from "../../../src/core/doctor/access";
import type { Facts, RuleFacts } from "../../../src/core/doctor/facts";
import { clockIsRight, orgIsTheRightOne, rateIsFree } from "../../../src/core/doctor/org";
import { catchAllDenies, zoneDecides, zonesAreUsed } from "../../../src/core/doctor/policies";
import { listed } from "../../../src/core/doctor/verdict";
import { nobodyElseWrites, writesAreVerified } from "../../../src/core/doctor/writers";
import { orgHasRoomForEntries, zonesHaveRoom } from "../../../src/core/doctor/zones";
import { CATCH_ALL, HEALTHY, NOW, policies, policy, RULE, ZONE } from "./healthy";

const ANYWHERE: RuleFacts = { ...RULE, name: "Other", connection: "ANYWHERE", include: [] };
const DENIES: RuleFacts = { ...ANYWHERE, access: "DENY" };
const OTHER_ZONE: RuleFacts = { ...RULE, name: "Other", include: ["nzo9"] };
const AT = "2026-11-26T08:00:00.000Z";

/** Rules in the order in which Okta tries them, the catch-all left out. */
const BESIDE: readonly (readonly [because: string, rules: readonly RuleFacts[], verdict: readonly [string, string]])[] =
    [
        ["lets in from anywhere, above", [ANYWHERE, RULE], ["fail", "lets in from anywhere"]],
        ["lets in from anywhere, below", [RULE, ANYWHERE], ["fail", "lets in from anywhere"]],
        [
            "lets in some from anywhere",
            [{ ...ANYWHERE, isNarrow: true }, RULE],
            ["warn", "lets in some people from anywhere"],
        ],
        ["lets in from another zone", [OTHER_ZONE, RULE], ["warn", "lets in from nzo9"]],
        [
            "lets in from everywhere but a zone",
            [RULE, { ...OTHER_ZONE, include: [], exclude: ["nzo9"] }],
            ["fail", "lets in from everywhere but nzo9"],
        ],
        ["keeps everybody out, above", [DENIES, RULE], ["fail", "keeps out everybody first"]],
        ["keeps some out, above", [{ ...DENIES, isNarrow: true }, RULE], ["warn", "keeps some out first"]],
        ["keeps out from a zone, above", [{ ...OTHER_ZONE, access: "DENY" }, RULE], ["warn", "keeps some out first"]],
    ];

/** Other rules that change nothing. */
const HARMLESS: readonly (readonly [because: string, rules: readonly RuleFacts[]])[] = [
    ["keeps out, below", [RULE, DENIES]],
    ["is not active", [{ ...ANYWHERE, status: "INACTIVE" }, RULE]],
    ["lets in from the zone too", [RULE, { ...RULE, name: "For admins", isNarrow: true }]],
];

describe("zoneDecides", () => {
    for (const [because, rules, [status, what]] of BESIDE) {
        it(`finds a rule that ${because}`, () => {
            const verdict = zoneDecides({ ...HEALTHY, policies: policies(policy(...rules)) });
            assert.deepEqual(verdict, { status, detail: `"Other" of "Staff access" (rst1) ${what}` });
        });
    }

    for (const [because, rules] of HARMLESS) {
        it(`does not mind a rule that ${because}`, () => {
            assert.equal(zoneDecides({ ...HEALTHY, policies: policies(policy(...rules)) })?.status, "ok");
        });
    }

    it("takes the rules of any zone for those that matter, where no zone was asked for", () => {
        const open = policies(policy(ANYWHERE, OTHER_ZONE));
        assert.equal(zoneDecides({ ...HEALTHY, zoneIds: [], policies: open })?.status, "fail");
        assert.equal(zoneDecides({ ...HEALTHY, policies: open }), undefined);
    });
});

describe("catchAllDenies", () => {
    it("does not take an open rule that is no catch-all for one", () => {
        assert.equal(catchAllDenies({ ...HEALTHY, policies: policies(policy(ANYWHERE)) })?.status, "ok");
        const open = { ...policy(RULE), rules: [RULE, { ...CATCH_ALL, access: "ALLOW" }] };
        assert.equal(catchAllDenies({ ...HEALTHY, policies: policies(open) })?.status, "fail");
    });
});

describe("zonesAreUsed", () => {
    it("is content with one good rule among others that name the zone", () => {
        const rules = [{ ...RULE, name: "Old", status: "INACTIVE" }, RULE];
        const verdict = zonesAreUsed({ ...HEALTHY, policies: policies(policy(...rules)) });
        assert.deepEqual(verdict, { status: "ok", detail: 'the rule "In zone" of "Staff access" (rst1)' });
    });
});

describe("clockIsRight", () => {
    const rows: [aheadMs: number, blurMs: number, status: string][] = [
        [0, 500, "ok"],
        [10_499, 500, "ok"],
        [10_500, 500, "warn"],
        [-10_500, 500, "warn"],
        [20_000, 15_000, "ok"],
        [300_499, 500, "warn"],
        [300_500, 500, "fail"],
        [-300_500, 500, "fail"],
    ];
    for (const [aheadMs, blurMs, status] of rows) {
        it(`says ${status} of ${aheadMs} ms, known to ${blurMs} ms`, () => {
            const organization = { value: { id: "00o1", cell: undefined, pipeline: "idx", aheadMs, blurMs } };
            assert.equal(clockIsRight({ ...HEALTHY, organization })?.status, status);
        });
    }

    it("says that it cannot know without a date", () => {
        const organization = {
            value: { id: "00o1", cell: undefined, pipeline: "idx", aheadMs: undefined, blurMs: 500 },
        };
        assert.deepEqual(clockIsRight({ ...HEALTHY, organization }), {
            status: "warn",
            detail: "could not be checked: Okta's answer has no date",
        });
    });
});

describe("orgIsTheRightOne", () => {
    const refused: Facts["access"] = { unknown: { name: "okta-unauthorized", reason: "401", remedy: "Renew it." } };
    for (const [host, access, status, detail] of [
        ["acme.okta.com", HEALTHY.access, "ok", "acme.okta.com is a production org"],
        ["acme.okta-emea.com", HEALTHY.access, "ok", "acme.okta-emea.com is a production org"],
        ["acme.oktapreview.com", HEALTHY.access, "ok", "acme.oktapreview.com is a preview org"],
        [
            "acme.oktapreview.com",
            refused,
            "warn",
            "acme.oktapreview.com is a preview org, and does not know the credential",
        ],
        [
            "id.acme.com",
            HEALTHY.access,
            "ok",
            "id.acme.com is no domain of Okta's: preview or production, it does not say",
        ],
        [
            "evilokta.com",
            HEALTHY.access,
            "ok",
            "evilokta.com is no domain of Okta's: preview or production, it does not say",
        ],
    ] as const) {
        it(`says ${status} of ${host}: ${detail}`, () => {
            assert.deepEqual(orgIsTheRightOne({ ...HEALTHY, orgUrl: `https://${host}`, access }), { status, detail });
        });
    }
});

describe("limits", () => {
    it("warn of a rate below a fifth", () => {
        const left = (remaining: number) =>
            rateIsFree({ ...HEALTHY, rateLimit: { value: { limit: 50, remaining, resetAtMs: NOW } } })?.status;
        assert.deepEqual([left(10), left(9), left(0)], ["ok", "warn", "warn"]);
    });

    it("count the room of all shards, and the larger one of a blocklist", () => {
        const filled = (count: number, more: object = {}) => ({
            ...ZONE,
            gateways: Array(count).fill("203.0.113.7/32"),
            ...more,
        });
        const said = (...zones: readonly (typeof ZONE)[]) =>
            zonesHaveRoom({ ...HEALTHY, zoneIds: zones.map(({ id }) => id), zones: { value: zones } });
        assert.deepEqual(said(filled(134), filled(135, { id: "nzo2" })), {
            status: "ok",
            detail: "269 of 300 entries are used",
        });
        assert.deepEqual(said(filled(135), filled(135, { id: "nzo2" })), {
            status: "warn",
            detail: "270 of 300 entries are used",
        });
        assert.deepEqual(said(filled(150)), { status: "fail", detail: "150 of 150 entries are used" });
        assert.equal(said(filled(150, { usage: "BLOCKLIST" }))?.status, "ok");
    });

    it("count proxies among the entries of the org", () => {
        const zones = { value: [{ ...ZONE, proxies: ["10.0.0.0/8", "10.1.0.0/16"] }] };
        assert.equal(orgHasRoomForEntries({ ...HEALTHY, zones })?.detail, "3 of 25000 entries in all zones");
    });
});

describe("rights", () => {
    const forbidden: Facts["roles"] = {
        unknown: { name: "okta-forbidden", reason: "needs a role", remedy: "Give it." },
    };
    const leftOut: Facts["writeTest"] = {
        value: { startedAtMs: NOW, tests: [{ zoneId: "nzo1", outcome: "left out", detail: "it is full" }] },
    };

    for (const [title, roles, writeTest, status] of [
        ["a custom role", { value: ["CUSTOM"] }, undefined, "warn"],
        ["a custom role and a write", { value: ["CUSTOM"] }, HEALTHY.writeTest, "ok"],
        ["a custom role and a write that was not tried", { value: ["CUSTOM"] }, leftOut, "warn"],
        ["roles that may not be read", forbidden, undefined, "warn"],
        ["roles that may not be read, and a write", forbidden, HEALTHY.writeTest, "ok"],
        ["a good role among others", { value: ["READ_ONLY_ADMIN", "SUPER_ADMIN"] }, undefined, "ok"],
        ["a small role", { value: ["APP_ADMIN"] }, undefined, "fail"],
    ] as const) {
        it(`are ${status} with ${title}`, () => {
            assert.equal(roleSuffices({ ...HEALTHY, roles, writeTest })?.status, status);
        });
    }

    for (const [title, scopes, status] of [
        ["an API token", undefined, "fail"],
        ["an app that has the scope, and no role", ["okta.networkZones.read"], "fail"],
        ["an app without the scope, which is another finding", [], "ok"],
    ] as const) {
        it(`are ${status} with ${title} that may not list the zones`, () => {
            const zones: Facts["zones"] = { unknown: { name: "okta-forbidden", reason: "403", remedy: "Give it." } };
            const credential = { ...HEALTHY.credential, scopes };
            assert.equal(roleSuffices({ ...HEALTHY, credential, zones })?.status, status);
        });
    }

    it("of a token that does not name its scopes are proved by a write alone", () => {
        const credential = { ...HEALTHY.credential, kind: "access-token" as const };
        assert.equal(scopesSuffice({ ...HEALTHY, credential, writeTest: undefined })?.status, "warn");
        assert.equal(scopesSuffice({ ...HEALTHY, credential })?.status, "ok");
    });
});

describe("tokens", () => {
    const token = (name: string, more: object) => ({ name, expiresAtMs: undefined, include: [], exclude: [], ...more });

    it("are free where they hang on another zone, and tied by an exclusion too", () => {
        const free = { value: [token("a", { include: ["nzo9"] })] };
        assert.deepEqual(tokenIsFree({ ...HEALTHY, tokens: free }), {
            status: "ok",
            detail: '"a" works only from nzo9, which is none of these zones',
        });
        const tied = { value: [token("a", {}), token("b", { exclude: ["nzo1"] })] };
        assert.deepEqual(tokenIsFree({ ...HEALTHY, tokens: tied }), {
            status: "fail",
            detail: '"b" does not work from nzo1, which Zonekeeper writes',
        });
    });

    it("end soon within a week", () => {
        const week = 7 * 86_400_000;
        const said = (expiresAtMs: number) =>
            credentialLasts({ ...HEALTHY, tokens: { value: [token("a", { expiresAtMs })] } })?.status;
        assert.deepEqual([said(NOW + week), said(NOW + week - 1)], ["ok", "warn"]);
    });

    it("of OAuth end when they say so", () => {
        const credential = { ...HEALTHY.credential, kind: "access-token" as const };
        const said = (endsAtMs: number | undefined) =>
            credentialLasts({ ...HEALTHY, tokens: undefined, credential: { ...credential, endsAtMs } });
        assert.deepEqual(said(NOW), { status: "fail", detail: `the access token ended at ${AT}` });
        assert.equal(said(NOW + 86_400_000)?.status, "warn");
        assert.equal(said(NOW + 86_400_001)?.status, "ok");
        assert.equal(said(undefined)?.status, "warn");
    });
});

describe("writers", () => {
    const change = (actorId: string, atMs = NOW) => ({
        zoneId: "nzo1",
        atMs,
        actorId,
        actorName: actorId.toUpperCase(),
    });

    it("are named once each, with their last change", () => {
        const log = { value: [change("00u2"), change("00u1"), change("00u2", NOW - 5), change("00u3", NOW - 9)] };
        assert.deepEqual(nobodyElseWrites({ ...HEALTHY, log }), {
            status: "warn",
            detail:
                `3 changes in the last day, by 00U2 (00u2), last at ${AT}, ` +
                "by 00U3 (00u3), last at 2026-11-26T07:59:59.991Z",
        });
    });

    it("are everybody where it is not known who asks", () => {
        const facts = { ...HEALTHY, owner: undefined, log: { value: [change("00u1")] } };
        assert.equal(nobodyElseWrites(facts)?.status, "warn");
        assert.equal(writesAreVerified(facts)?.status, "ok");
    });

    it("spoil a test only while it runs, and only in a zone that it wrote", () => {
        const said = (more: object) =>
            writesAreVerified({ ...HEALTHY, log: { value: [{ ...change("00u2"), ...more }] } })?.status;
        assert.deepEqual([said({}), said({ atMs: NOW - 1 }), said({ zoneId: "nzo2" })], ["fail", "ok", "ok"]);
    });
});

describe("listed", () => {
    it("cuts a long list, and says by how much", () => {
        assert.equal(listed(["a", "b"]), "a, b");
        assert.equal(listed(["a", "b", "c"], 2), "a, b and 1 more");
        assert.equal(listed([]), "");
    });
});
