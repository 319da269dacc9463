import { strict as assert } from "node:assert";

import type { Emulator } from "../../emulator/emulator";
import { call, grantsOf, openScene, TOKEN } from "./scene";

const GROUP = "00gAdmitted0000000001";

interface Case {
    readonly what: string;
    /** What is wrong with the group in Okta. */
    readonly make?: (org: Emulator["org"]) => void;
    readonly config?: object;
    readonly says: RegExp;
}

const typed = (type: string) => (org: Emulator["org"]) =>
    void org.groups.set(GROUP, { ...org.groups.get(GROUP), type } as never);

const PORTAL = {
    url: "http://127.0.0.1:9465",
    login: { issuer: "https://acme.okta.com", clientId: "0oa1" },
    session: { secret: "env:SECRET" },
    store: { type: "file", path: "portal.jsonl" },
    accesses: [{ name: "payroll", eligible: { groups: ["Admitted"] }, duration: { default: "1h", max: "2h" } }],
};

const CASES: readonly Case[] = [
    {
        what: "is filled by an app",
        make: typed("APP_GROUP"),
        says: /is of type APP_GROUP, and a group of a membership/,
    },
    { what: "is one of Okta's own", make: typed("BUILT_IN"), says: /is of type BUILT_IN, and a group of a membership/ },
    {
        what: "was deleted",
        make: (org) => void org.groups.delete(GROUP),
        says: new RegExp(`there is no group ${GROUP} in http://127\\.0\\.0\\.1:\\d+: check the id and the org`),
    },
    {
        what: "is the target of a group rule",
        make: (org) => {
            const actions = { assignUserToGroups: { groupIds: [GROUP] } };
            org.groupRules.set("0pr1", { id: "0pr1", name: "All of sales", status: "INACTIVE", actions });
        },
        says: /is the target of the group rule "All of sales", which would undo what the agent does/,
    },
    {
        what: "is assigned to an app",
        make: (org) => void org.appParts.groups.set("0oaPayroll0000000001", new Map([[GROUP, { id: GROUP }]])),
        says: /is assigned to the app "Payroll", so each grant would assign it too/,
    },
    {
        what: "holds an admin role",
        make: (org) => void org.roles.set(GROUP, [{ id: "ra1", type: "HELP_DESK_ADMIN", status: "ACTIVE" }]),
        says: /holds the admin role HELP_DESK_ADMIN, so each grant would make an administrator/,
    },
    {
        what: "is of another org",
        config: { group: "00gOfAnotherOrg00001" },
        says: /there is no group 00gOfAnotherOrg00001 in http:\/\/127/,
    },
    {
        what: "is named in the portal's rules",
        config: { portal: PORTAL, limits: { maxTimeToLive: "24h" } },
        says: /is named in the portal's rules, so each grant would make its user eligible/,
    },
];

describe("a group that cannot be the group of a membership", () => {
    for (const { what, make = () => {}, config = {}, says } of CASES) {
        it(`is found by the dry run and by doctor, and nothing is written: one that ${what}`, async () => {
            const seed = {
                groups: [{ id: GROUP, name: "Admitted" }],
                apps: [{ id: "0oaPayroll0000000001", label: "Payroll" }],
            };
            await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, grantsOf({ g1: "203.0.113.7" }), seed);
            make(scene.okta.org);
            const settings = { okta: { url: scene.okta.url }, zones: ["nzo1"], group: GROUP, state: "state" };
            const source = { type: "file", path: "grants.yaml" };
            await scene.write("agent.json", JSON.stringify({ ...settings, source, listen: "127.0.0.1:1", ...config }));
            const options = { directory: scene.directory, env: { OKTA_API_TOKEN: TOKEN } };
            const dry = await call(["agent", "--config", "agent.json", "--dry-run"], options);
            assert.equal(dry.status, 2, dry.err.join("\n"));
            assert.match(dry.err.at(-1) ?? "", says);
            assert.match(dry.err.at(-1) ?? "", /^zonekeeper: .* \[ZK211\]$/);
            const doctor = await call(["doctor", "--config", "agent.json", "--json"], options);
            assert.equal(doctor.status, 1);
            const checks: readonly { code: string; status: string; detail: string }[] = JSON.parse(doctor.out).checks;
            const found = checks.filter(({ code }) => code === "ZK211");
            assert.deepEqual(
                found.map(({ status }) => status),
                ["fail"],
            );
            assert.match(found[0]?.detail ?? "", says);
            assert.deepEqual(
                scene.okta.requests.filter(({ method }) => method !== "GET"),
                [],
            );
        });
    }
});
