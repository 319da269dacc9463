import { strict as assert } from "node:assert";

import { type Engine, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const APP = "0oaPayroll0000000000";

/** Deployments that between them create, change, and take away one resource of each type. */
const DEPLOYMENTS = [
    ["up", { apps: APP }],
    ["up", { apps: APP, zoneName: "Staff" }],
    ["up", { apps: APP, zoneName: "Staff", shards: "2" }],
    ["destroy", {}],
] as const;

describe("the rehearsal engine", () => {
    it("asks of Okta what Pulumi asks, word for word", async function () {
        this.timeout(180_000);
        if ((await whyNot("pulumi")) !== undefined) this.skip();
        assert.deepEqual(await writesOf("rehearsal"), await writesOf("pulumi"));
    });
});

/** Every write of each deployment with its body, ids and moments replaced; sorted, as some run at the same time. */
async function writesOf(engine: Engine): Promise<string[][]> {
    await using stack = await openStack(engine, { okta: { seed: { apps: [{ id: APP, label: "Payroll" }] } } });
    await stack.grant(permanent("203.0.113.7"));
    const writes: string[][] = [];
    for (const [operation, config] of DEPLOYMENTS) {
        const from = stack.okta.requests.length;
        await stack.succeed(operation, config);
        writes.push(namelessWrites(stack, from).sort());
    }
    return writes;
}

function namelessWrites({ okta }: TestStack, from: number): string[] {
    return okta.requests
        .slice(from)
        .filter(({ method }) => method !== "GET")
        .map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(inOrder(body))}`)
        .map((text) =>
            text
                .replaceAll(okta.url, "{url}")
                .replace(/\b(nzo|rst|rul)\w{17}\b/g, "{$1}")
                .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "{moment}"),
        );
}

/** The order of keys means nothing; the order of a zone's gateways is that of a set. */
function inOrder(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(inOrder);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, inOrder(item)]),
    );
}
