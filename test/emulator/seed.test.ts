import { strict as assert } from "node:assert";

import { startEmulator } from "../../emulator/emulator";
import { readSeed, type Seed } from "../../emulator/seed";
import { newKeys } from "./access/signing";

const unusable: [title: string, seed: unknown, message: RegExp][] = [
    ["no object", [], /^the emulator's seed is not usable: it: /],
    ["a part that there is not", { zone: [] }, /^the emulator's seed is not usable: it: .*zone/],
    ["a zone without a name", { zones: [{ type: "IP" }] }, /^the emulator's seed is not usable: zones\.0\.name: /],
    [
        "a gateway of a type that there is not",
        { zones: [{ name: "a" }, { name: "b", gateways: [{ type: "IP", value: "1.2.3.4" }] }] },
        /^the emulator's seed is not usable: zones\.1\.gateways\.0\.type: /,
    ],
    [
        "a policy of another type",
        { policies: [{ name: "P", type: "RESOURCE_ACCESS" }] },
        /^the emulator's seed is not usable: policies\.0\.type: /,
    ],
    [
        "a private key",
        { oauthClients: [{ clientId: "c", keys: [newKeys("ES256").privateKey.export({ format: "jwk" })] }] },
        /^the emulator's seed is not usable: oauthClients\.0\.keys\.0\.d: is a private key; give the public one$/,
    ],
    [
        "two zones of one id",
        {
            zones: [
                { id: "n", name: "a" },
                { id: "n", name: "b" },
            ],
        },
        /^the emulator's seed has two zones with the id n$/,
    ],
    [
        "an app on a policy that there is not",
        { apps: [{ label: "A", policyId: "rst9" }] },
        /^the emulator's seed puts the app A on the policy rst9, which it does not have$/,
    ],
    [
        "a token of nobody",
        { tokens: [{ value: "x", userId: "00u9" }] },
        /^the emulator's seed has a token of the user 00u9, who is not in the seed$/,
    ],
];

describe("readSeed", () => {
    for (const [title, seed, message] of unusable) {
        it(`refuses ${title} with a sentence`, async () => {
            await assert.rejects(startEmulator({ seed: seed as Seed }), { code: "bad-input", message });
        });
    }

    it("fills in what is left out", () => {
        const { zones, tokens } = readSeed({ zones: [{ name: "a" }], tokens: [{ value: "x" }] });
        assert.deepEqual(
            [zones, tokens],
            [[{ name: "a", type: "IP" }], [{ value: "x", name: "emulator", access: "all" }]],
        );
    });
});

describe("a seed", () => {
    it("gives things the ids, moments and unknown fields that it says", async () => {
        const zone = {
            id: "nzo1",
            name: "a",
            created: "2020-01-01T00:00:00.000Z",
            status: "INACTIVE" as const,
            asns: ["1"],
            type: "DYNAMIC" as const,
        };
        await using emulator = await startEmulator({ now: () => 0, seed: { zones: [zone] } });
        assert.deepEqual(emulator.org.zones.get("nzo1"), {
            type: "DYNAMIC",
            id: "nzo1",
            name: "a",
            status: "INACTIVE",
            usage: "POLICY",
            created: "2020-01-01T00:00:00.000Z",
            lastUpdated: "1970-01-01T00:00:00.000Z",
            system: false,
            asns: ["1"],
        });
    });

    it("takes the place of what every organisation has, by name", async () => {
        const gateways = [{ type: "CIDR" as const, value: "1.2.3.4/32" }];
        await using emulator = await startEmulator({
            seed: {
                zones: [{ id: "nzo1", name: "LegacyIpZone", gateways }],
                policies: [
                    { id: "rst1", name: "Any two factors", system: true },
                    { id: "00p1", name: "Extra", type: "OKTA_SIGN_ON" },
                ],
                apps: [{ id: "0oa1", label: "Okta Dashboard" }],
                groups: [{ id: "00g1", name: "Everyone" }],
            },
        });
        const { zones, policies, apps, groups } = emulator.org;
        assert.deepEqual([zones.size, zones.get("nzo1")?.system, zones.get("nzo1")?.gateways], [4, true, gateways]);
        assert.deepEqual([policies.size, policies.get("rst1")?.system], [11, true]);
        assert.deepEqual([apps.size, groups.size], [3, 1]);
        assert.deepEqual(
            [...policies.values()]
                .filter(({ type }) => type === "OKTA_SIGN_ON")
                .map(({ name, priority }) => [name, priority]),
            [
                ["Extra", 1],
                ["Default Policy", 2],
            ],
        );
    });

    it("gives a policy its rules, and the catch-all where it has none of the system's", async () => {
        const rules = [{ id: "rul1", name: "R" }];
        await using emulator = await startEmulator({ seed: { policies: [{ id: "rst1", name: "P", rules }] } });
        const rows = [...(emulator.org.rules.get("rst1")?.values() ?? [])].map(({ name, priority, system }) => [
            name,
            priority,
            system,
        ]);
        assert.deepEqual(rows, [
            ["R", 1, false],
            ["Catch-all Rule", 99, true],
        ]);
    });

    it("says clearly that a port is taken", async () => {
        await using first = await startEmulator();
        const port = Number(new URL(first.url).port);
        await assert.rejects(startEmulator({ port }), {
            code: "bad-input",
            message: new RegExp(`^the emulator cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`),
        });
    });
});
