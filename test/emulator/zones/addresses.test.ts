import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf, zoneBody } from "../caller";

const cidrs = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ type: "CIDR", value: `10.${index >> 8}.${index & 255}.0/24` }));

describe("addresses of a zone", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    let created = 0;
    const create = async (more: object = {}) => {
        created += 1;
        const { status, body } = await call("POST", "/api/v1/zones", {
            ...zoneBody(`zone ${created}`, "1.2.3.0/24"),
            ...more,
        });
        assert.equal(status, 200, JSON.stringify(body));
        return body;
    };
    before(async () => {
        emulator = await startEmulator({ rateLimit: 1_000_000 });
        call = callerOf(emulator);
    });
    after(() => emulator.close());

    describe("what Okta makes of an address", () => {
        const rows: [type: string, value: string, stored: string][] = [
            ["RANGE", "192.168.1.1", "192.168.1.1-192.168.1.1"],
            ["RANGE", "2.3.4.5-2.3.4.15", "2.3.4.5-2.3.4.15"],
            ["CIDR", "1.2.3.4/24", "1.2.3.4/24"],
            ["CIDR", "1.2.3.4/32", "1.2.3.4/32"],
            ["CIDR", "0.0.0.0/0", "0.0.0.0/0"],
            ["CIDR", "127.0.0.1/32", "127.0.0.1/32"],
            ["CIDR", "192.0.2.0/32", "192.0.2.0/32"],
        ];
        for (const [type, value, stored] of rows) {
            it(`stores the ${type} ${value} as ${stored}`, async () => {
                const { id, gateways } = await create({ gateways: [{ type, value }] });
                assert.deepEqual(gateways, [{ type, value: stored }]);
                assert.deepEqual((await call("GET", `/api/v1/zones/${id}`)).body.gateways, gateways);
            });
        }
    });

    describe("what Okta refuses", () => {
        const one = (type: unknown, value: unknown) => ({ gateways: [{ type, value }] });
        const rows: [name: string, body: object, summary: string, cause: string | RegExp][] = [
            [
                "an address that is none (Okta's words)",
                one("RANGE", "1.2.3.4.5-1.2.3.6"),
                "gateways",
                "gateways: The IP: 1.2.3.4.5 in the RANGE: 1.2.3.4.5-1.2.3.6 is invalid. Make sure it is a valid IPV4.",
            ],
            [
                "IPv6",
                one("CIDR", "2001:db8::/32"),
                "gateways",
                "gateways: The IP: 2001:db8:: in the CIDR: 2001:db8::/32 is invalid. Make sure it is a valid IPV4.",
            ],
            ["a leading zero", one("CIDR", "1.2.3.04/32"), "gateways", /^gateways: The IP: 1.2.3.04 /],
            ["a prefix of 33", one("CIDR", "1.2.3.4/33"), "gateways", /^gateways: /],
            ["a CIDR without a prefix", one("CIDR", "1.2.3.4"), "gateways", /^gateways: /],
            ["a range that ends before it begins", one("RANGE", "1.2.3.4-1.2.3.3"), "gateways", /^gateways: /],
            ["a range of three", one("RANGE", "1.2.3.4-1.2.3.5-1.2.3.6"), "gateways", /^gateways: /],
            ["an address without a type", one(undefined, "1.2.3.4/32"), "gateways", /^gateways: /],
            ["an address that is a text", { gateways: ["1.2.3.4/32"] }, "gateways", /^gateways: /],
            [
                "a proxy that is no address",
                { proxies: [{ type: "CIDR", value: "x/1" }] },
                "proxies",
                /^proxies: The IP: x /,
            ],
            ["gateways and proxies both empty", { gateways: [], proxies: [] }, "gateways", /^gateways: /],
            ["gateways and proxies both left out", { gateways: undefined }, "gateways", /^gateways: /],
            ["proxies of a blocklist", { usage: "BLOCKLIST", proxies: cidrs(1) }, "proxies", /^proxies: /],
            ["no name", { name: undefined }, "name", /^name: /],
            ["a name of 129 characters", { name: "x".repeat(129) }, "name", /^name: /],
            ["the name of another zone", { name: "BlockedIpZone" }, "name", /^name: /],
            ["no type", { type: undefined }, "type", /^type: /],
            ["a type that there is not", { type: "GEO" }, "type", /^type: /],
            ["a usage that there is not", { usage: "BLACKLIST" }, "usage", /^usage: /],
            ["a status that there is not", { status: "ON" }, "status", /^status: /],
            ["151 gateways", { gateways: cidrs(151) }, "gateways", /at most 150 gateways; this one has 151/],
            ["151 proxies", { proxies: cidrs(151) }, "proxies", /at most 150 proxies; this one has 151/],
            [
                "1,001 gateways of a blocklist",
                { usage: "BLOCKLIST", gateways: cidrs(1001) },
                "gateways",
                /at most 1000 gateways/,
            ],
            [
                "76 locations (Okta's words)",
                { type: "DYNAMIC", locations: Array.from({ length: 76 }, () => ({ country: "US" })) },
                "locations",
                "locations: No more than 75 locations may be included in a Location Zone.",
            ],
        ];
        for (const [name, more, field, cause] of rows) {
            it(name, async () => {
                const count = emulator.org.zones.size;
                const { status, body } = await call("POST", "/api/v1/zones", {
                    ...zoneBody("refused", "1.2.3.0/24"),
                    ...more,
                });
                const { errorId, errorCauses, ...error } = body;
                assert.deepEqual(
                    [status, error],
                    [
                        400,
                        {
                            errorCode: "E0000001",
                            errorSummary: `Api validation failed: ${field}`,
                            errorLink: "E0000001",
                        },
                    ],
                );
                assert.match(errorId, /^oae[0-9A-Za-z]{22}$/);
                if (typeof cause === "string") assert.deepEqual(errorCauses, [{ errorSummary: cause }]);
                else assert.match(errorCauses[0].errorSummary, cause);
                assert.equal(emulator.org.zones.size, count);
            });
        }
    });

    it("takes 150 gateways with 150 proxies, 1,000 gateways of a blocklist, and a name of 128 characters", async () => {
        await create({ gateways: cidrs(150), proxies: cidrs(150), name: "n".repeat(128) });
        await create({ usage: "BLOCKLIST", gateways: cidrs(1000) });
    });

    it("takes at most 25,000 addresses over all zones", async () => {
        await using crowded = await startEmulator({
            seed: { zones: [{ name: "crowd", gateways: cidrs(24_998) as { type: "CIDR"; value: string }[] }] },
        });
        const crowdedCall = callerOf(crowded);
        assert.equal(
            (await crowdedCall("POST", "/api/v1/zones", zoneBody("two", "1.1.1.1/32", "1.1.1.2/32"))).status,
            200,
        );
        assert.equal((await crowdedCall("POST", "/api/v1/zones", zoneBody("one", "1.1.1.1/32"))).status, 400);
    });
});
