import { strict as assert } from "node:assert";

import type { BoundGroupFacts, Facts } from "../../../src/core/doctor/facts";
import { groupIsFit, usersAreMembers } from "../../../src/core/doctor/group";
import { rateIsFree } from "../../../src/core/doctor/org";
import type { GroupFacts } from "../../../src/core/group/groupKind";
import { HEALTHY } from "./healthy";

const GROUP = HEALTHY.group ?? assert.fail();
const FACTS = GROUP.facts.value ?? assert.fail();
const ANA = { id: "00u1", login: "ana@example.com", status: "ACTIVE" };

function withGroup(more: Partial<BoundGroupFacts>): Facts {
    return { ...HEALTHY, group: { ...GROUP, ...more } };
}

describe("groupIsFit", () => {
    const table: [because: string, facts: Partial<GroupFacts>, status: string, detail: RegExp][] = [
        ["for this alone", {}, "ok", /OKTA_GROUP, no group rule, no app, no admin role$/],
        ["whose roles may not be read", { roles: undefined }, "ok", /not looked at \(needs okta\.roles\.read\)$/],
        ["of a directory", { type: "APP_GROUP" }, "fail", /is of type APP_GROUP/],
        ["that a rule fills", { rules: ["All"] }, "fail", /target of the group rule "All"/],
        ["with an app", { apps: ["Payroll"] }, "fail", /assigned to the app "Payroll"/],
        ["with an admin role", { roles: ["ORG_ADMIN"] }, "fail", /holds the admin role ORG_ADMIN/],
    ];
    for (const [because, facts, status, detail] of table) {
        it(`says ${status} of a group ${because}`, () => {
            const verdict = groupIsFit(withGroup({ facts: { value: { ...FACTS, ...facts } } }));
            assert.equal(verdict?.status, status);
            assert.match(verdict?.detail ?? "", detail);
        });
    }

    it("fails for one that is not there, and warns of one that may not be read", () => {
        const unknown = (name: "group-unfit" | "okta-forbidden") => ({
            unknown: { name, reason: "why", remedy: "Do." },
        });
        assert.equal(groupIsFit(withGroup({ facts: unknown("group-unfit") }))?.status, "fail");
        assert.equal(groupIsFit(withGroup({ facts: unknown("okta-forbidden") }))?.status, "warn");
        assert.equal(groupIsFit({ ...HEALTHY, group: undefined }), undefined);
    });
});

describe("usersAreMembers", () => {
    const granted = (user: object | "nobody" | "not asked", name = "bo@example.com") => ({
        users: { value: [{ name, grants: ["g-2"], user: user as never }] },
    });
    const bo = (status: string) => ({ id: "00u2", login: "bo@example.com", status });
    const table: [because: string, more: Partial<BoundGroupFacts>, status: string, detail: RegExp][] = [
        ["all are members", {}, "ok", /^1 user granted, all in the group$/],
        ["a user is not there", granted("nobody"), "fail", /Okta has no user bo@example\.com \(g-2\)/],
        ["a user is suspended", granted(bo("SUSPENDED")), "fail", /bo@example\.com \(g-2\) is SUSPENDED/],
        ["a user is deprovisioned", granted(bo("DEPROVISIONED")), "fail", /is DEPROVISIONED/],
        [
            "a user is locked out",
            { ...granted(bo("LOCKED_OUT")), members: { value: [bo("LOCKED_OUT")] } },
            "warn",
            /is LOCKED_OUT/,
        ],
        ["a user is staged", { ...granted(bo("STAGED")), members: { value: [bo("STAGED")] } }, "warn", /is STAGED/],
        [
            "a granted user is no member",
            { ...granted(bo("ACTIVE")), members: { value: [] } },
            "fail",
            /^granted and not in the group: bo@example\.com$/,
        ],
        [
            "a member has no grant",
            { members: { value: [ANA, bo("ACTIVE")] } },
            "warn",
            /^in the group without a grant: bo@example\.com$/,
        ],
        [
            "a grant names a member by id",
            { ...granted(bo("ACTIVE"), "00u2"), members: { value: [bo("ACTIVE")] } },
            "ok",
            /./,
        ],
        [
            "too many to look up",
            { ...granted("not asked"), members: { value: [bo("ACTIVE")] } },
            "ok",
            /1 not looked up$/,
        ],
    ];
    for (const [because, more, status, detail] of table) {
        it(`says ${status} where ${because}`, () => {
            const verdict = usersAreMembers(withGroup(more));
            assert.equal(verdict?.status, status, verdict?.detail);
            assert.match(verdict?.detail ?? "", detail);
        });
    }
});

describe("usersAreMembers with refused grants", () => {
    const bo = { id: "00u2", login: "bo@example.com", status: "ACTIVE" };
    const table: [because: string, kind: "denied" | "room" | "unusable", status: string][] = [
        ["the only grant is denied", "denied", "ok"],
        ["the only grant has no room", "room", "ok"],
        ["the entry of the grant is unusable, and the known form counts", "unusable", "fail"],
    ];
    for (const [because, kind, status] of table) {
        it(`says ${status} of a user outside the group where ${because}`, () => {
            const facts = withGroup({
                users: { value: [{ name: "bo@example.com", grants: ["g-2"], user: bo }] },
                members: { value: [] },
            });
            const refused = [{ id: "g-2", reason: "why", kind }];
            const membership = { value: { ...facts.membership?.value, refused } as never };
            assert.equal(usersAreMembers({ ...facts, membership })?.status, status);
        });
    }
});

describe("rateIsFree", () => {
    it("looks at the bucket for groups as well", () => {
        const rateLimit = { limit: 100, remaining: 3, resetAtMs: HEALTHY.nowMs };
        const verdict = rateIsFree(withGroup({ rateLimit }));
        assert.equal(verdict?.status, "warn");
        assert.match(verdict?.detail ?? "", /for groups 3 of 100 calls/);
    });
});
