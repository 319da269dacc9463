import { strict as assert } from "node:assert";

import { credentialLasts, roleSuffices, scopesSuffice, tokenIsFree } from "../../../src/core/doctor/access";
import type { Facts } from "../../../src/core/doctor/facts";
import { sourceIsReadable } from "../../../src/core/doctor/grants";
import { clockIsRight, orgIsTheRightOne, rateIsFree } from "../../../src/core/doctor/org";
import { listed } from "../../../src/core/doctor/verdict";
import { orgHasRoomForEntries, zonesHaveRoom } from "../../../src/core/doctor/zones";
import { HEALTHY, NOW, ZONE } from "./healthy";

const AT = "2026-11-26T08:00:00.000Z";

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

describe("sourceIsReadable", () => {
    const name = "table grants of env:DATABASE_URL";
    const rows: readonly (readonly [announcement: "rows" | "changes" | "nothing" | undefined, said: RegExp])[] = [
        ["rows", /^table grants of env:DATABASE_URL: 2 usable grants; its triggers say which rows change$/],
        [
            "changes",
            /; its trigger says that rows change, but not which, .*: `zonekeeper schema` prints triggers that do$/,
        ],
        ["nothing", /; it has no trigger that announces changes, .*: `zonekeeper schema` prints the triggers$/],
        [undefined, /^table grants of env:DATABASE_URL: 2 usable grants$/],
    ];
    for (const [announcement, said] of rows) {
        it(`says what a table announces: ${announcement ?? "not known"}`, () => {
            const source = { value: { name, grants: 2, unusable: [], announcement } };
            const verdict = sourceIsReadable({ ...HEALTHY, source });
            assert.equal(verdict?.status, "ok");
            assert.match(verdict?.detail ?? "", said);
        });
    }
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
            detail: '"b" does not work from "Staff" (nzo1), which Zonekeeper writes',
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

describe("listed", () => {
    it("cuts a long list, and says by how much", () => {
        assert.equal(listed(["a", "b"]), "a, b");
        assert.equal(listed(["a", "b", "c"], 2), "a, b and 1 more");
        assert.equal(listed([]), "");
    });
});
