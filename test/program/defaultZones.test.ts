import { strict as assert } from "node:assert";

import { ENGINES, openStack, type TestStack, whyNot } from "../support/stacks";

/** What the stack sets is in its configuration, as `default:blocked` and the like. */
const PROGRAM = `
import { Config } from "@pulumi/pulumi";
import { BlockedIpZone, DefaultExemptIpZone, LegacyIpZone } from "./components/defaultZones";

const config = new Config();
const mayShutOut = config.getBoolean("mayShutOut") ?? false;
export const blocked = new BlockedIpZone("blocked", { gateways: config.requireObject<string[]>("blocked"), mayShutOut }).zoneId;
export const exempt = new DefaultExemptIpZone("exempt", { gateways: config.requireObject<string[]>("exempt"), mayShutOut }).zoneId;
const proxies = config.requireObject<string[]>("proxies");
export const legacy = new LegacyIpZone("legacy", { gateways: [], proxies, zoneName: config.require("name") }).zoneId;
`;

const cidr = (value: string) => ({ type: "CIDR" as const, value });
const range = (value: string) => ({ type: "RANGE" as const, value });

/** As administrators left them. */
const FOUND = [
    { name: "BlockedIpZone", gateways: [cidr("198.51.100.66/24"), range("192.0.2.66-192.0.2.66")] },
    { name: "DefaultExemptIpZone", gateways: null },
    { name: "LegacyIpZone", gateways: [cidr("10.0.0.0/8")], proxies: [cidr("10.1.2.3/16")] },
    { name: "Staff", gateways: [cidr("203.0.113.7/32"), cidr("203.0.113.77/32")] },
];

const OURS = {
    blocked: JSON.stringify(["203.0.113.66", "198.51.100.0/24"]),
    exempt: JSON.stringify(["203.0.113.0/28"]),
    proxies: JSON.stringify([]),
    name: "Head office",
};

for (const engine of ENGINES) {
    describe(`the default zones, by ${engine}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine, { program: PROGRAM, okta: { seed: { zones: FOUND } } });
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        /** Each default zone as it is now, by the name that it began with. */
        const now = () =>
            Object.fromEntries(
                [...stack.okta.org.systemZones].map(([id, began]) => {
                    const { name, gateways, proxies, usage, status } = stack.okta.org.zones.get(id) ?? assert.fail();
                    return [began, { name, gateways, proxies, usage, status }];
                }),
            );
        const methods = (from: number) =>
            [
                ...new Set(
                    stack.okta.requests
                        .slice(from)
                        .map(({ method, path }) => `${method} ${path.replace(/\w{17}$/, "")}`),
                ),
            ]
                .filter((request) => !request.startsWith("GET"))
                .sort();
        let found: ReturnType<typeof now>;

        it("get what the program says, by one PUT each, and are never created", async () => {
            found = now();
            await stack.succeed("up", OURS);
            const { BlockedIpZone, DefaultExemptIpZone, LegacyIpZone } = now();
            assert.deepEqual(
                [BlockedIpZone?.gateways, DefaultExemptIpZone?.gateways],
                [[cidr("198.51.100.0/24"), cidr("203.0.113.66/32")], [cidr("203.0.113.0/28")]],
            );
            assert.deepEqual(LegacyIpZone, {
                name: "Head office",
                gateways: null,
                proxies: null,
                usage: "POLICY",
                status: "ACTIVE",
            });
            assert.deepEqual(methods(0), ["PUT /api/v1/zones/nzo"]);
        });

        it("converge, and are corrected after a manual change", async () => {
            const from = stack.okta.requests.length;
            const { steps } = await stack.succeed("up", OURS);
            assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["same"]);
            assert.deepEqual(methods(from), []);
            const id = [...stack.okta.org.systemZones].find(([, name]) => name === "BlockedIpZone")?.[0] ?? "";
            stack.okta.inject({ on: { path: "/users/me" }, do: { foreignWrite: { gateways: null }, zoneId: id } });
            await fetch(`${stack.okta.url}/api/v1/users/me`, {
                headers: { authorization: "SSWS a-token-of-the-tests" },
            });
            await stack.succeed("up", OURS);
            assert.deepEqual(now().BlockedIpZone?.gateways, [cidr("198.51.100.0/24"), cidr("203.0.113.66/32")]);
        });

        const LOCKED_OUT: readonly (readonly [what: string, config: Record<string, string>, says: RegExp])[] = [
            [
                "a blocked address that another zone lets in",
                { blocked: '["203.0.113.0/24"]' },
                /BlockedIpZone: it would shut out 203\.0\.113\.77\/32, which zone "Staff" lets in; if that is meant, set mayShutOut/,
            ],
            ["everybody", { blocked: '["0.0.0.0/0"]' }, /BlockedIpZone: gateway 0\.0\.0\.0\/0 shuts out everybody/],
            ["everybody exempt", { exempt: '["0.0.0.0/1","128.0.0.0/1"]' }, /DefaultExemptIpZone: /],
            [
                "what is no address",
                { blocked: '["198.51.100.300"]' },
                /BlockedIpZone: gateways: "198\.51\.100\.300" is not an IPv4 address/,
            ],
        ];
        for (const [what, config, says] of LOCKED_OUT) {
            it(`refuse, before anything is written: ${what}`, async () => {
                const from = stack.okta.requests.length;
                const { problems } = await stack.deploy("preview", { ...OURS, ...config });
                assert.match(problems.join("\n"), says);
                assert.doesNotMatch(problems.join("\n"), /^\s+at /m);
                assert.deepEqual(methods(from), []);
            });
        }

        it("lock out nobody by the combination of two changes", async () => {
            const both = { ...OURS, blocked: '["203.0.113.7"]', exempt: "[]" };
            const { problems } = await stack.deploy("up", both);
            assert.match(
                problems.join("\n"),
                /IpZone: it would shut out 203\.0\.113\.7\/32, which zone "Staff" lets in/,
            );
            await stack.succeed("up", { ...both, mayShutOut: "true" });
            assert.deepEqual(now().BlockedIpZone?.gateways, [cidr("203.0.113.7/32")]);
        });

        it("are left as they were found when the stack is destroyed", async () => {
            const from = stack.okta.requests.length;
            await stack.succeed("destroy", OURS);
            assert.deepEqual(now(), found);
            assert.deepEqual(methods(from), ["PUT /api/v1/zones/nzo"]);
        });
    });
}
