import { strict as assert } from "node:assert";

import { destroy, preview, refresh, up } from "../../rehearsal/engine";
import { changesIn, openTrial, TOKEN, type Trial } from "./trial";

const ANA = '["203.0.113.7"]';
const BOTH = '["198.51.100.9","203.0.113.7"]';

const STACK = "pulumi:pulumi:Stack";
const ZONE = "okta:network/zone:Zone";
const POLICY = "okta:index/appSignonPolicy:AppSignonPolicy";
const RULE = "okta:index/appSignonPolicyRule:AppSignonPolicyRule";
const MEMBERSHIP = "pulumi-nodejs:dynamic/zonekeeper:ZoneMembership";

/** The provider's own check of an API token. */
const START = ["GET /api/v1/users/me", "GET /api/v1/users/me"];

const READ_ALL = [
    "GET /.well-known/okta-organization",
    "GET /api/v1/policies/{policy}",
    "GET /api/v1/policies/{policy}/rules",
    "GET /api/v1/policies/{policy}/rules/{rule}",
    "GET /api/v1/zones/{zone}",
];

/** What the fixture's membership asks: read() and diff() in a refresh, diff() in an update. */
const LOOK = "GET /api/v1/zones/{zone}";

/** Requests of resources that do not depend on one another come in any order. */
function sorted(requests: readonly string[]): string[] {
    return [...requests].sort();
}

describe("a stack from its preview to its end", () => {
    let trial: Trial;
    before(async () => {
        trial = await openTrial("granted");
    });
    after(() => trial[Symbol.asyncDispose]());

    const gateways = () => [...trial.okta.org.zones.values()].find(({ name }) => /staff|crew/.test(name))?.gateways;
    const config = (list: string, name = "staff") => ({ "granted:gateways": list, "granted:zoneName": name });

    it("previews: asks for the token's user, and makes nothing", async () => {
        const result = await preview(trial.options(config(ANA)));
        assert.deepEqual(result.problems, []);
        assert.deepEqual(trial.asked(), START);
        assert.deepEqual(
            sorted(changesIn(result)),
            sorted([STACK, ZONE, POLICY, RULE, MEMBERSHIP].map((type) => `create ${type}`)),
        );
        assert.deepEqual(result.outputs, { zoneId: "[unknown]", ruleId: "[unknown]", inside: ["203.0.113.7"] });
        await assert.rejects(trial.stateText(), { code: "ENOENT" });
    });

    it("creates: the requests of the real provider", async () => {
        const result = await up(trial.options(config(ANA)));
        assert.deepEqual(result.problems, []);
        const asked = trial.asked();
        assert.deepEqual(asked.slice(0, 2), START);
        assert.deepEqual(
            sorted(asked),
            sorted([
                ...START,
                "GET /.well-known/okta-organization",
                "POST /api/v1/zones",
                "POST /api/v1/zones/{zone}/lifecycle/activate",
                "POST /api/v1/policies",
                "GET /api/v1/policies/{policy}/rules",
                "GET /api/v1/policies/{policy}/rules",
                "PUT /api/v1/policies/{policy}/rules/{rule}",
                "POST /api/v1/policies/{policy}/rules",
                "GET /api/v1/policies/{policy}/rules/{rule}",
                LOOK,
                "PUT /api/v1/zones/{zone}",
            ]),
        );
        assert.deepEqual(gateways(), [{ type: "RANGE", value: "203.0.113.7-203.0.113.7" }]);
        assert.deepEqual(result.outputs.inside, ["203.0.113.7"]);
    });

    it("changes nothing when nothing changed, refreshed or not", async () => {
        const second = await up(trial.options(config(ANA)));
        // What an agent or the membership writes is read, and not shown: the zone ignores changes of its gateways.
        assert.deepEqual(changesIn(second), []);
        assert.deepEqual(sorted(trial.asked()), sorted([...START, ...READ_ALL, LOOK, LOOK, LOOK]));
        const state = await trial.stateText();
        const third = await up(trial.options(config(ANA), { refresh: false }));
        assert.deepEqual(changesIn(third), []);
        assert.deepEqual(trial.asked(), [...START, LOOK]);
        assert.equal(await trial.stateText(), state);
        assert.doesNotMatch(state, new RegExp(TOKEN));
    });

    it("shows what a new grant changes, and only that", async () => {
        const result = await preview(trial.options(config(BOTH)));
        assert.deepEqual(changesIn(result), [`update ${MEMBERSHIP}`]);
        assert.deepEqual(result.steps.find(({ op }) => op === "update")?.diff, [
            { path: "gateways[0]", before: "203.0.113.7", after: "198.51.100.9" },
            { path: "gateways[1]", before: undefined, after: "203.0.113.7" },
        ]);
        trial.asked();
    });

    it("renames the zone without an eviction at any moment", async () => {
        const from = trial.okta.history.length;
        const result = await up(trial.options(config(ANA, "crew")));
        assert.deepEqual(sorted(changesIn(result)), [`update ${POLICY}`, `update ${ZONE}`]);
        const since = trial.okta.history.slice(from);
        assert.ok(since.length > 0);
        assert.deepEqual(
            since.filter(({ gateways }) => !gateways.includes("203.0.113.7-203.0.113.7")),
            [],
        );
        assert.deepEqual(
            sorted(trial.asked()),
            sorted([
                ...START,
                ...READ_ALL,
                LOOK,
                LOOK,
                LOOK,
                "PUT /api/v1/zones/{zone}",
                "POST /api/v1/zones/{zone}/lifecycle/activate",
                "PUT /api/v1/policies/{policy}",
                "GET /api/v1/policies/{policy}/rules",
            ]),
        );
    });

    it("finds what was changed behind its back", async () => {
        trial.okta.inject({
            on: { method: "GET", path: "/users/me" },
            do: { foreignWrite: { gateways: [] }, zoneId: zoneId() },
        });
        const result = await refresh(trial.options(config(ANA)));
        assert.deepEqual(changesIn(result), [`refresh ${MEMBERSHIP}`]);
        trial.asked();
    });

    it("destroys what there is, and asks the membership for nothing", async () => {
        const result = await destroy(trial.options(config(ANA), { refresh: false }));
        assert.deepEqual(result.problems, []);
        const asked = trial.asked();
        assert.deepEqual(asked.slice(0, 3), [...START, "DELETE /api/v1/policies/{policy}/rules/{rule}"]);
        assert.deepEqual(
            sorted(asked.slice(3)),
            sorted([
                "GET /api/v1/policies?type=ACCESS_POLICY",
                "GET /api/v1/apps?limit=200",
                "DELETE /api/v1/policies/{policy}",
                "POST /api/v1/zones/{zone}/lifecycle/deactivate",
                "DELETE /api/v1/zones/{zone}",
            ]),
        );
        assert.equal(gateways(), undefined);
        assert.deepEqual(JSON.parse(await trial.stateText()).resources, []);
    });

    function zoneId(): string {
        return [...trial.okta.org.zones.values()].find(({ name }) => name === "crew")?.id ?? "";
    }
});

describe("a rename without a refresh", () => {
    it("evicts everybody, as Pulumi's own engine does", async () => {
        await using trial = await openTrial("granted");
        const config = { "granted:gateways": ANA };
        await up(trial.options(config));
        const from = trial.okta.history.length;
        const renamed = await up(trial.options({ ...config, "granted:zoneName": "crew" }, { refresh: false }));
        assert.deepEqual(renamed.problems, []);
        const moments = trial.okta.history.slice(from).map(({ gateways }) => gateways);
        assert.deepEqual(moments[0], ["192.0.2.0/32"]);
        assert.deepEqual(moments.at(-1), ["203.0.113.7-203.0.113.7"]);
    });
});
