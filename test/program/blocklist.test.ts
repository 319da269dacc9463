import { strict as assert } from "node:assert";

import { ENGINES, openStack, type TestStack, whyNot } from "../support/stacks";

const PROGRAM = `
import { Config } from "@pulumi/pulumi";
import { IpZone } from "./components/ipZone";

const config = new Config();
const allow = config.getObject<string[]>("allow") ?? [];
export const zoneId = new IpZone("staff", { zoneName: "Staff", usage: config.get("usage") ?? "POLICY", allow }).zoneId;
`;

for (const engine of ENGINES) {
    describe(`a zone in production that would become a blocklist, by ${engine}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine, { program: PROGRAM, stack: "production" });
            await stack.succeed("up");
            const zoneId = stack.okta.history.at(-1)?.zoneId ?? "";
            const foreignWrite = { gateways: [{ type: "CIDR", value: "203.0.113.7/32" }] };
            stack.okta.inject({ on: { path: "/users/me" }, do: { foreignWrite, zoneId } });
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        it("says at the preview who would be kept out, and stays a blocklist", async () => {
            const from = stack.okta.requests.length;
            for (const operation of ["preview", "up"] as const) {
                const { problems } = await stack.deploy(operation, { usage: "BLOCKLIST" });
                assert.match(
                    problems.join("\n"),
                    /zone "Staff" becomes a blocklist: 1 gateway that rules let in would be kept out of everything; if that is meant, add blocklist to zonekeeper:allow/,
                );
            }
            assert.deepEqual([...new Set(stack.okta.requests.slice(from).map(({ method }) => method))], ["GET"]);
        });

        it("becomes one when that is asked for by name, with those in it who are", async () => {
            await stack.succeed("up", { usage: "BLOCKLIST", allow: '["blocklist"]' });
            const zone = [...stack.okta.org.zones.values()].find(({ name }) => name === "Staff");
            assert.equal(zone?.usage, "BLOCKLIST");
            assert.deepEqual(stack.okta.history.at(-1)?.gateways, ["203.0.113.7/32"]);
        });
    });
}
