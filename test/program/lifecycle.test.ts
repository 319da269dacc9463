import { strict as assert } from "node:assert";

import { asked, ENGINES, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const ZONE = "/api/v1/zones/{nzo}";
const POLICY = "/api/v1/policies/{rst}";
const RULE = `${POLICY}/rules/{rul}`;

/** What is read before every operation: Pulumi.yaml asks for a refresh. */
const REFRESH = [`GET ${ZONE}`, `GET ${POLICY}`, `GET ${POLICY}/rules`, `GET ${RULE}`];

/** How the provider begins: it tries its token, and asks which engine the org has. */
const BEGIN = ["GET /api/v1/users/me", "GET /.well-known/okta-organization"];

/** What the program looks at before it declares anything, besides the org: who has the names of its zones, and what it may do. */
const LOOK = ["GET /api/v1/zones?limit=200", "GET /api/v1/users/{00u}/roles"];

for (const engine of ENGINES) {
    describe(`the life of a stack, by ${engine}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine);
            await stack.grant(permanent("203.0.113.7"));
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        /**
         * Both engines must give the same requests, whatever runs at the same time. Each GET counts once: a zone is read again
         * where the program takes long (see recentZones).
         */
        async function requestsOf(work: () => Promise<unknown>): Promise<string[]> {
            const from = stack.okta.requests.length;
            await work();
            const found = asked(stack.okta, from);
            const isFirst = (request: string, index: number) => found.indexOf(request) === index;
            return found.filter((request, index) => !request.startsWith("GET") || isFirst(request, index)).sort();
        }
        const liveGateways = () => stack.okta.history.at(-1)?.gateways;

        it("creates the zone with the sentinel, admits the grants, and then creates the rule", async () => {
            const requests = await requestsOf(() => stack.succeed("up"));
            assert.deepEqual(
                requests,
                [
                    ...[...BEGIN, ...LOOK],
                    ...["POST /api/v1/zones", `POST ${ZONE}/lifecycle/activate`],
                    ...[`GET ${ZONE}`, `PUT ${ZONE}`],
                    ...["POST /api/v1/policies", `GET ${POLICY}/rules`, `PUT ${RULE}`],
                    ...[`POST ${POLICY}/rules`, `GET ${RULE}`],
                ].sort(),
            );
            assert.deepEqual(liveGateways(), ["203.0.113.7/32"]);
            const order = stack.okta.requests
                .filter(({ method }) => method !== "GET")
                .map(({ method, path }) => [method, path]);
            assert.equal(order.at(-1)?.[0], "POST");
            assert.match(String(order.at(-1)?.[1]), /\/rules$/);
        });

        it("exports what was made", async () => {
            const { outputs } = await stack.succeed("up");
            const { zoneIds, policyId, ruleId, settings, ...rest } = outputs;
            assert.match(JSON.stringify([zoneIds, policyId, ruleId]), /^\[\["nzo\w{17}"\],"rst\w{17}","rul\w{17}"\]$/);
            assert.deepEqual(rest, { gateways: [["203.0.113.7/32"]], refused: [], unusable: [] });
            assert.equal((settings as { readonly membership?: unknown }).membership, "pulumi");
        });

        it("denies everybody else", () => {
            const own = [...stack.okta.org.policies.values()].find(({ name }) => name === "Zonekeeper (dev)");
            const rules = [...(stack.okta.org.rules.get(own?.id ?? "")?.values() ?? [])];
            const catchAll = rules.find(({ system }) => system);
            assert.match(JSON.stringify(catchAll), /"access":"DENY"/);
        });

        it("writes nothing when nothing changed", async () => {
            const requests = await requestsOf(() => stack.succeed("up"));
            assert.deepEqual(requests, [...BEGIN, ...LOOK, ...REFRESH].sort());
        });

        it("writes a changed grant once", async () => {
            await stack.grant(permanent("203.0.113.7"), permanent("198.51.100.9"));
            const requests = await requestsOf(() => stack.succeed("up"));
            assert.deepEqual(requests, [...BEGIN, ...LOOK, ...REFRESH, `PUT ${ZONE}`].sort());
            assert.deepEqual(liveGateways(), ["198.51.100.9/32", "203.0.113.7/32"]);
        });

        it("previews a change without making it", async () => {
            await stack.grant();
            const { steps } = await stack.succeed("preview");
            const changed = steps.filter(({ op }) => op !== "same").map(({ op, type }) => [op, type]);
            assert.deepEqual(changed, [["update", "pulumi-nodejs:dynamic/zonekeeper:ZoneMembership"]]);
            assert.deepEqual(liveGateways(), ["198.51.100.9/32", "203.0.113.7/32"]);
        });

        it("leaves the sentinel behind the last grant", async () => {
            await stack.succeed("up", { confirmRemovals: "true" });
            assert.deepEqual(liveGateways(), ["192.0.2.0/32"]);
        });

        it("takes everything away when it is destroyed", async () => {
            const requests = await requestsOf(() => stack.succeed("destroy"));
            const policies = ["GET /api/v1/policies?type=ACCESS_POLICY", "GET /api/v1/apps?limit=200"];
            const gone = [`DELETE ${RULE}`, `DELETE ${POLICY}`, `POST ${ZONE}/lifecycle/deactivate`, `DELETE ${ZONE}`];
            assert.deepEqual(requests, [...BEGIN, ...REFRESH, ...policies, ...gone].sort());
            assert.equal(stack.okta.history.at(-1)?.gone, true);
        });
    });
}
