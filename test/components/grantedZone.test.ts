import { strict as assert } from "node:assert";
import { RunError } from "@pulumi/pulumi";

import { GrantedZone, type GrantedZoneArgs } from "../../components/grantedZone";
import { type DeclaredWorld, declared, only } from "../support/declared";
import { MEMBERSHIP, ours, SETTINGS, SHARDS, ZONE } from "./types";

const SOURCE = { type: "file", path: "grants.yaml" };
const ENTRIES = {
    "Zone staff": { "203.0.113.7/32": { g0: "never" } },
    "Zone staff-2": { "192.0.2.0/32": {} },
};
const RESOLVED = {
    refused: [{ id: "g1", reason: "no room" }],
    unusable: [{ id: "g2", field: "ip", reason: "is missing" }],
};

function run(args: Partial<GrantedZoneArgs>, world: DeclaredWorld = {}, protect?: boolean) {
    const opts = protect === undefined ? {} : { protect };
    return declared(
        () => {
            const { zoneIds, gateways, refused, unusable } = new GrantedZone(
                "staff",
                { zoneName: "Staff", ...args },
                opts,
            );
            return { zoneIds, gateways, refused, unusable };
        },
        { outputs: { [MEMBERSHIP]: { ...RESOLVED, entries: ENTRIES } }, ...world },
    );
}

describe("GrantedZone", () => {
    it("declares one zone, and the membership that goes with it", async () => {
        const { resources } = await run({ source: SOURCE });
        assert.deepEqual(
            resources.map(({ type, name, options }) => [type, name, options.parent]),
            [
                [ours("GrantedZone"), "staff", undefined],
                [ours("IpZone"), "staff", `${ours("GrantedZone")} staff`],
                [ZONE, "staff", `${ours("IpZone")} staff`],
                [SETTINGS, "staff", `${ours("IpZone")} staff`],
                [MEMBERSHIP, "staff", `${ours("GrantedZone")} staff`],
            ],
        );
        const { inputs, options } = only(resources, MEMBERSHIP);
        const { __provider, ...said } = inputs;
        assert.deepEqual(said, { zoneIds: ["Zone staff"], source: SOURCE });
        assert.deepEqual(options, {
            parent: `${ours("GrantedZone")} staff`,
            retainOnDelete: true,
            dependencies: [`${ZONE} staff`, `${SETTINGS} staff`],
            deletedWith: `${ZONE} staff`,
        });
    });

    it("declares more zones without renaming the first, all in one membership", async () => {
        const { resources } = await run({ source: SOURCE, shards: 3 });
        assert.deepEqual(
            resources.filter(({ type }) => type === ZONE).map(({ name, inputs }) => [name, inputs.name]),
            [
                ["staff", "Staff"],
                ["staff-2", "Staff 2"],
                ["staff-3", "Staff 3"],
            ],
        );
        const { inputs, options } = only(resources, MEMBERSHIP);
        assert.deepEqual(inputs.zoneIds, ["Zone staff", "Zone staff-2", "Zone staff-3"]);
        const each = [ZONE, SETTINGS].flatMap((type) =>
            ["staff", "staff-2", "staff-3"].map((name) => `${type} ${name}`),
        );
        assert.deepEqual(options.dependencies, each);
        assert.equal(options.deletedWith, `${ZONE} staff`);
    });

    it("hands the limits to the membership, and nothing else", async () => {
        const rules = {
            selector: { app: "payroll" },
            staticGateways: ["192.0.2.128/28"],
            deny: ["10.0.0.0/8"],
            widestPrefix: 16,
            maxRemovals: "50%",
            confirmRemovals: true,
        };
        const proxies = ["10.1.0.0/16"];
        const { resources } = await run({ source: SOURCE, shards: 1, isProtected: false, proxies, ...rules });
        const { __provider, ...said } = only(resources, MEMBERSHIP).inputs;
        assert.deepEqual(said, { zoneIds: ["Zone staff"], source: SOURCE, ...rules });
    });

    it("puts the proxies in every zone, as Okta looks at each zone alone", async () => {
        const { resources } = await run({ source: SOURCE, shards: 2, proxies: ["10.1.0.0/16"] });
        const zones = resources.filter(({ type }) => type === ZONE);
        assert.deepEqual(
            zones.map(({ inputs }) => inputs.proxies),
            [["10.1.0.0/16"], ["10.1.0.0/16"]],
        );
    });

    it("gives what the membership came to", async () => {
        const { values } = await run({ source: SOURCE, shards: 2 });
        const gateways = [["203.0.113.7/32"], ["192.0.2.0/32"]];
        assert.deepEqual(values, { zoneIds: ["Zone staff", "Zone staff-2"], gateways, ...RESOLVED });
    });

    it("leaves the gateways to an agent, and then needs no source", async () => {
        const outputs = { [ZONE]: { gateways: ["203.0.113.7/32"] } };
        const { resources, values } = await run({ membership: "agent", shards: 2 }, { outputs });
        assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
            `${ZONE} staff`,
            `${ZONE} staff-2`,
            `${SETTINGS} staff`,
            `${SETTINGS} staff-2`,
            `${SHARDS} staff`,
            `${ours("GrantedZone")} staff`,
            `${ours("IpZone")} staff`,
            `${ours("IpZone")} staff-2`,
        ]);
        const nothing = { gateways: [], refused: [], unusable: [] };
        assert.deepEqual(values, { zoneIds: ["Zone staff", "Zone staff-2"], ...nothing });
    });

    const NONSENSE: readonly (readonly [args: Partial<GrantedZoneArgs>, message: string])[] = [
        [{}, "staff: a membership kept by Pulumi needs a source of grants"],
        [{ source: SOURCE, membership: "both" }, 'staff: the membership is kept by pulumi or agent, not "both"'],
        [{ source: SOURCE, shards: 0 }, "staff: the number of shards is a whole number from 1, not 0"],
        [{ source: SOURCE, shards: 1.5 }, "staff: the number of shards is a whole number from 1, not 1.5"],
    ];
    for (const [args, message] of NONSENSE) {
        it(`refuses ${JSON.stringify(args)}`, async () => {
            await assert.rejects(
                run(args),
                (error) =>
                    RunError.isInstance(error) &&
                    error.message === error.stack &&
                    error.message === `${message} [ZK002]`,
            );
        });
    }

    const PROTECTION = [
        { stack: "dev", expected: false },
        { stack: "production", expected: true },
        { stack: "dev", isProtected: true, expected: true },
        { stack: "production", isProtected: false, expected: false },
        { stack: "dev", protect: true, expected: true },
        { stack: "production", protect: false, expected: false },
    ];
    for (const { expected, stack, isProtected, protect } of PROTECTION) {
        it(`has zones ${expected ? "" : "not "}protected with ${JSON.stringify({ stack, isProtected, protect })}`, async () => {
            const args = { source: SOURCE, shards: 2, ...(isProtected !== undefined && { isProtected }) };
            const { resources } = await run(args, { stack }, protect);
            const zones = resources.filter(({ type }) => type === ZONE);
            assert.deepEqual(
                zones.map(({ options }) => options.protect),
                [expected, expected],
            );
        });
    }
});
