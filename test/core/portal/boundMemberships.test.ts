import { strict as assert } from "node:assert";

import { unfitGroup } from "../../../src/core/group/groupKind";
import { withPortalRules } from "../../../src/core/portal/boundMemberships";
import { readAgentSettings } from "../../../src/core/settings/agentSettings";
import { withoutPortal } from "../../../src/core/settings/portalInAgent";

const ACCESS = { eligible: { groups: ["Staff"] }, duration: { default: "1h", max: "2h" } };

const PORTAL = {
    url: "http://127.0.0.1:9465",
    login: { issuer: "https://acme.okta.com", clientId: "0oa1" },
    session: { secret: "env:SECRET" },
    store: { type: "file", path: "portal.jsonl" },
    accesses: [
        { ...ACCESS, name: "payroll", approval: { approvers: { groups: ["Leads"] } } },
        { ...ACCESS, name: "wiki", labels: { app: "wiki" } },
    ],
    admins: { groups: ["Security"] },
    workloads: [{ name: "deploy", issuer: "https://ci.example", audience: "a", claims: { id: 1 }, accesses: ["wiki"] }],
};

function read(membership: object, portal: object | undefined = PORTAL) {
    const document = {
        source: { type: "portal" },
        limits: { maxTimeToLive: "24h" },
        memberships: [{ name: "bound", zones: ["nzo1"], group: "00g1", ...membership }],
        ...(portal && { portal }),
    };
    return withPortalRules(readAgentSettings(withoutPortal(document)), document);
}

const REFUSED =
    /^the membership "bound" has a group, and portal\.workloads lets "deploy" have its access "wiki": a workload has no user/;

describe("an agent with a portal", () => {
    const FOR: Readonly<Record<string, object>> = {
        "takes every grant": {},
        "selects the workload's label": { selector: { app: "wiki" } },
    };
    for (const [how, membership] of Object.entries(FOR)) {
        it(`refuses a workload for a membership with a group that ${how}`, () => {
            assert.throws(() => read(membership), { code: "bad-input", message: REFUSED });
        });
    }

    const TAKEN: Readonly<Record<string, readonly [membership: object, portal?: object]>> = {
        "selects another label": [{ selector: { access: "payroll" } }],
        "has no group": [{ group: undefined }],
        "reads another source": [{ source: { type: "file", path: "grants.yaml" } }],
        "is of a portal without workloads": [{}, { ...PORTAL, workloads: [] }],
    };
    for (const [how, [membership, portal]] of Object.entries(TAKEN)) {
        it(`takes a membership that ${how}`, () => assert.doesNotThrow(() => read(membership, portal)));
    }

    it("tells a membership with a group which groups the portal's rules name", () => {
        const [membership] = read({ selector: { access: "payroll" } }).memberships;
        assert.deepEqual(new Set(membership?.ruleGroups), new Set(["Security", "Staff", "Leads"]));
    });

    const FACTS = { id: "00g1", name: "Staff", type: "OKTA_GROUP", rules: [], apps: [], roles: [] };
    for (const named of ["Staff", "00g1"]) {
        it(`refuses the group where the rules name ${named}`, () => {
            assert.match(unfitGroup(FACTS, ["Leads", named]) ?? "", /is named in the portal's rules/);
        });
    }

    it("takes a group that the rules do not name", () => assert.equal(unfitGroup(FACTS, ["Leads"]), undefined));
});
