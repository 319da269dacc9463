import { strict as assert } from "node:assert";

import fc from "fast-check";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("the list of zones", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    before(async () => {
        emulator = await startEmulator({ rateLimit: 1_000_000 });
        call = callerOf(emulator);
    });
    after(() => emulator.close());

    it("gives 20 by default, by name, and has them in its link", async () => {
        await using many = await startEmulator({ seed: { zones: manyZones(30) } });
        const { body, headers } = await callerOf(many)("GET", "/api/v1/zones");
        assert.equal(body.length, 20);
        const [self, next] = headers.get("link")?.split(", ") ?? [];
        assert.equal(self, `<${many.url}/api/v1/zones?limit=20>; rel="self"`);
        assert.match(next ?? "", /after=nzo\w{17}&limit=20>; rel="next"$/);
    });

    it("gives every zone once, whatever the limit, to a caller that follows the links", async () => {
        await using many = await startEmulator({ seed: { zones: manyZones(45) }, rateLimit: 1_000_000 });
        const all = [...many.org.zones.values()].map(({ name }) => name).sort();
        const property = fc.asyncProperty(fc.integer({ min: -2, max: 60 }), async (limit) => {
            const names: string[] = [];
            let path: string | undefined = `/api/v1/zones?limit=${limit}`;
            while (path !== undefined) {
                const { body, headers } = await callerOf(many)("GET", path);
                names.push(...body.map(({ name }: { name: string }) => name));
                path = /<[^>]*(\/api[^>]*)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
            }
            assert.deepEqual(names, all);
        });
        await fc.assert(property, { numRuns: 15 });
    });

    it("sends each link as a header line of its own", async () => {
        const lines = await rawHeaderLines(`${emulator.url}/api/v1/zones?limit=1`);
        assert.deepEqual(
            lines.filter(([name]) => name === "link").map(([, value]) => /rel="(\w+)"$/.exec(value)?.[1]),
            ["self", "next"],
        );
    });

    const filters: [filter: string, names: string[]][] = [
        ['usage eq "BLOCKLIST"', ["BlockedIpZone", "DefaultEnhancedDynamicZone"]],
        ["system eq false", ["Office"]],
        ['system eq true and usage eq "POLICY"', ["DefaultExemptIpZone", "LegacyIpZone"]],
        ['(id eq "nzo1" or usage eq "BLOCKLIST") and system eq false', ["Office"]],
        ['id eq "nzo1" or id eq "nzo2"', ["Office"]],
    ];
    for (const [filter, names] of filters) {
        it(`filters by ${filter}`, async () => {
            await using seeded = await startEmulator({ seed: { zones: [{ id: "nzo1", ...SEEDED }] } });
            const { body } = await callerOf(seeded)("GET", `/api/v1/zones?filter=${encodeURIComponent(filter)}`);
            assert.deepEqual(
                body.map(({ name }: { name: string }) => name),
                names,
            );
        });
    }

    const refused: [query: string, code: string][] = [
        ["after=nzo-nobody", "E0000029"],
        ["filter=name+eq+%22x%22", "E0000031"],
        ["filter=id+eq", "E0000031"],
        ["filter=id+gt+%22x%22", "E0000031"],
        ["filter=(id+eq+%22x%22", "E0000031"],
    ];
    for (const [query, code] of refused) {
        it(`refuses ${query} with ${code}`, async () => {
            const { status, body } = await call("GET", `/api/v1/zones?${query}`);
            assert.deepEqual([status, body.errorCode], [400, code]);
        });
    }

    it("gives no further page with a filter", async () => {
        const { body, headers } = await call(
            "GET",
            `/api/v1/zones?limit=1&filter=${encodeURIComponent("system eq true")}`,
        );
        assert.equal(body.length, 1);
        assert.doesNotMatch(headers.get("link") ?? "", /next/);
    });
});

const SEEDED = { name: "Office", gateways: [{ type: "CIDR" as const, value: "1.2.3.0/24" }] };

function manyZones(count: number) {
    return Array.from({ length: count }, (_, index) => ({ ...SEEDED, name: `zone ${String(index).padStart(2, "0")}` }));
}

async function rawHeaderLines(url: string): Promise<(readonly [string, string])[]> {
    const { get } = await import("node:http");
    const lines = await new Promise<string[]>((resolve, reject) => {
        get(url, { headers: { authorization: "SSWS x" } }, (response) => resolve(response.resume().rawHeaders)).on(
            "error",
            reject,
        );
    });
    return lines.flatMap((name, index) =>
        index % 2 === 0 ? [[name.toLowerCase(), lines[index + 1] ?? ""] as const] : [],
    );
}
