import { strict as assert } from "node:assert";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { policies } from "../../policies/policies";
import * as types from "../../policies/types";
import { type Judged, type PolicyConfig, type PolicyPack, startPolicyPack } from "../../scripts/deploy/policyPack";
import { ROOT } from "../support/run";
import { UNKNOWN } from "./support";

const PACK = join(ROOT, "policies");

/** The pack's own process, as Pulumi starts it for the stack "production". */
function open(config: PolicyConfig = {}, directory = PACK): Promise<PolicyPack> {
    const { PATH } = process.env;
    const env = { PATH, OKTA_API_TOKEN: "a-token-of-the-tests" };
    return startPolicyPack({ directory, project: "zonekeeper", stack: "production", env, config });
}

const resource = (type: string, inputs: Judged["inputs"], more: Partial<Judged> = {}): Judged => ({
    urn: `urn:pulumi:production::zonekeeper::${type}::staff`,
    type,
    name: "staff",
    inputs,
    protect: true,
    ...more,
});

const zone = (inputs: Judged["inputs"], more: Partial<Judged> = {}) =>
    resource(types.ZONE, { name: "Staff (production)", gateways: ["192.0.2.0/32"], ...inputs }, more);

const rule = (inputs: Judged["inputs"]) =>
    resource(types.AUTHENTICATION_RULE, {
        ...{ name: "In zone", access: "ALLOW", policyId: UNKNOWN, groupsIncluded: ["00g1"] },
        ...inputs,
    });

const membership = (gateways: string[]) =>
    resource(types.MEMBERSHIP, {
        zoneIds: [UNKNOWN],
        entries: { "new zone 1": Object.fromEntries(gateways.map((range) => [range, {}])) },
        __provider: "text",
    });

const WIDE = "gateway 10.0.0.0/8 holds 16777216 addresses; one may hold 65536, as a /16 does";

describe("the policy pack in its own process", () => {
    let pack: PolicyPack;
    before(async () => {
        pack = await open();
    });
    after(() => pack?.[Symbol.asyncDispose]());

    it("has every policy", () => {
        const all = policies({ env: {}, now: () => 0 });
        assert.equal(all.length, 12);
        assert.deepEqual(
            pack.policies,
            all.map(({ name }) => name),
        );
    });

    const table: [policy: string, bad: Judged, message: string, good: Judged][] = [
        ["gateway-too-wide", membership(["10.0.0.0/8"]), WIDE, membership(["203.0.113.7/32"])],
        [
            "catch-all-allows",
            resource(types.AUTHENTICATION_POLICY, { name: "Staff", catchAll: true }),
            "its catch-all rule admits everybody who matches no other rule: set catchAll: false",
            resource(types.AUTHENTICATION_POLICY, { name: "Staff", catchAll: false }),
        ],
        [
            "rule-allows-anywhere",
            rule({ networkConnection: "ANYWHERE" }),
            'the rule "In zone" lets in from anywhere: set networkConnection: "ZONE" and networkIncludes',
            rule({ networkConnection: "ZONE", networkIncludes: UNKNOWN }),
        ],
        [
            "rule-without-zones",
            rule({ networkConnection: "ZONE", networkIncludes: [] }),
            'the rule "In zone" is for zones and names none: set networkIncludes',
            rule({ networkConnection: "ZONE", networkIncludes: [UNKNOWN] }),
        ],
        [
            "unprotected-in-production",
            zone({}, { protect: false }),
            "a slip in the program could delete or replace it in production: set protect: true",
            zone({}),
        ],
        [
            "zone-without-stack-name",
            zone({ name: "Staff" }),
            'the name "Staff" does not carry the name of the stack: call it "Staff (production)"',
            zone({ name: "Staff (Production) 2" }),
        ],
    ];
    for (const [policy, bad, message, good] of table) {
        it(`refuses by ${policy}, and only where it must`, async () => {
            assert.deepEqual(await pack.judge(bad), [{ policy, level: "mandatory", message, urn: "" }]);
            assert.deepEqual(await pack.judge(good), []);
        });
    }

    it("advises by rule-without-group", async () => {
        const found = await pack.judge(
            rule({ networkConnection: "ZONE", networkIncludes: ["nzo1"], groupsIncluded: [] }),
        );
        assert.deepEqual(
            found.map(({ policy, level }) => [policy, level]),
            [["rule-without-group", "advisory"]],
        );
    });

    it("advises by api-token-in-production, and never shows the token", async () => {
        const found = await pack.judge(resource(types.OKTA_PROVIDER, { apiToken: "00another-secret" }));
        const message =
            "an API token may do all that its admin may: use an OAuth app with okta:clientId, okta:privateKey and okta:scopes";
        assert.deepEqual(found, [{ policy: "api-token-in-production", level: "advisory", message, urn: "" }]);
        assert.deepEqual(await pack.judge(resource(types.OKTA_PROVIDER, { accessToken: UNKNOWN })), []);
    });

    it("judges what it knows where a preview does not know the rest", async () => {
        const [found, ...others] = await pack.judge(zone({ gateways: [UNKNOWN, "10.0.0.0/8"], proxies: UNKNOWN }));
        assert.deepEqual([found?.message, found?.level, others], [WIDE, "mandatory", []]);
    });

    it("judges zones in view of the whole stack", async () => {
        const lives = zone({ id: "nzo1", gateways: ["10.0.0.0/8"] }, { ignoreChanges: ["gateways"] });
        const found = await pack.judgeStack([lives]);
        assert.deepEqual(found, [
            { policy: "live-gateway-too-wide", level: "mandatory", message: WIDE, urn: lives.urn },
        ]);
        const kept = { ...membership([]), from: { zoneIds: [lives.urn] } };
        assert.deepEqual(await pack.judgeStack([lives, kept]), []);
    });

    it("judges by rules which zones must be left alone", async () => {
        const own = zone({ id: UNKNOWN });
        const opens = {
            ...rule({ networkConnection: "ZONE", networkIncludes: UNKNOWN }),
            from: { networkIncludes: [own.urn] },
        };
        const found = await pack.judgeStack([own, opens]);
        assert.deepEqual(
            found.map(({ policy, urn }) => [policy, urn]),
            [["rule-zone-unkept", own.urn]],
        );
        assert.deepEqual(await pack.judgeStack([{ ...own, ignoreChanges: ["gateways"] }, opens]), []);
    });

    it("judges blocklists by everybody's static gateways", async () => {
        const blocked = zone({ id: "nzo1", usage: "BLOCKLIST", gateways: ["203.0.113.0/24"] });
        const staff = resource(types.MEMBERSHIP, { zoneIds: ["nzo2"], staticGateways: ["203.0.113.7"] });
        const found = await pack.judgeStack([blocked, staff]);
        assert.deepEqual(
            found.map(({ policy, message }) => [policy, message]),
            [
                [
                    "blocklist-shuts-out-own",
                    "gateway 203.0.113.0/24 shuts out 203.0.113.7/32, which you gave static gateways: take it off the list",
                ],
            ],
        );
    });
});

describe("the policy pack, configured", () => {
    it("takes limits, lists and levels", async () => {
        await using pack = await open({
            "gateway-too-wide": { widestPrefix: 8 },
            "rule-allows-anywhere": { enforcementLevel: "advisory", exemptRules: ["Break glass"] },
            "zone-without-stack-name": "disabled",
            "unprotected-in-production": { productionStacks: "^live$" },
            "grant-lasts-too-long": { maxTimeToLive: "1h", permanent: "refused" },
        });
        const levels = async (judged: Judged) => (await pack.judge(judged)).map(({ policy, level }) => [policy, level]);
        assert.deepEqual(await levels(membership(["10.0.0.0/8"])), []);
        assert.deepEqual(await levels(membership(["10.0.0.0/7"])), [["gateway-too-wide", "mandatory"]]);
        assert.deepEqual(await levels(rule({ name: "Break glass", networkConnection: "ANYWHERE" })), []);
        assert.deepEqual(await levels(rule({ networkConnection: "ANYWHERE" })), [["rule-allows-anywhere", "advisory"]]);
        assert.deepEqual(await levels(zone({ name: "Staff" }, { protect: false })), []);
        const holders = { "g-1": "2999-01-01T00:00:00.000Z", office: "never" };
        const found = await pack.judge(
            resource(types.MEMBERSHIP, { entries: { nzo1: { "203.0.113.7/32": holders } } }),
        );
        assert.deepEqual(
            found.map(({ message }) => message),
            [
                'the grant "office" never ends: give it expiresAt',
                'the grant "g-1" lasts until 2999-01-01T00:00:00.000Z; grants may last 1h',
            ],
        );
    });

    it("takes a level for all, which one policy may have another of", async () => {
        await using pack = await open({ all: "advisory", "gateway-too-wide": "mandatory" });
        const found = [
            ...(await pack.judge(membership(["10.0.0.0/8"]))),
            ...(await pack.judge(rule({ networkConnection: "ANYWHERE" }))),
        ];
        assert.deepEqual(
            found.map(({ level }) => level),
            ["mandatory", "advisory"],
        );
    });

    it("fails the preview where a setting is nonsense", async () => {
        await using pack = await open({ "unprotected-in-production": { productionStacks: "(" } });
        await assert.rejects(
            pack.judge(zone({})),
            /unprotected-in-production.*productionStacks is not a regular expression/s,
        );
    });
});

describe("startPolicyPack", () => {
    it("says why a pack does not start", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
            await writeFile(join(directory, "package.json"), '{"name":"broken","version":"0.0.1","main":"index.js"}');
            await writeFile(join(directory, "index.js"), 'throw new Error("out of order");');
            await assert.rejects(open({}, directory), ({ message }: Error) => {
                assert.match(message, /^the policies in .* do not start:\n/);
                assert.match(message, /out of order/);
                return true;
            });
        } finally {
            await rm(directory, { recursive: true, force: true });
        }
    });
});
