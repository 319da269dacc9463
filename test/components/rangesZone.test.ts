import { strict as assert } from "node:assert";
import { RunError } from "@pulumi/pulumi";

import { RangesZone, type RangesZoneArgs } from "../../components/rangesZone";
import { declared, only } from "../support/declared";
import { MEMBERSHIP, ours, SETTINGS, ZONE } from "./types";

const RANGES = ["203.0.113.7/32", "198.51.100.1/32", "198.51.100.2/32", "198.51.100.3/32"];

function run(args: Partial<RangesZoneArgs>, stack = "dev", protect?: boolean) {
    const opts = protect === undefined ? {} : { protect };
    return declared(
        () => {
            const { zoneIds, gateways } = new RangesZone("okta", { zoneName: "Okta", ranges: RANGES, ...args }, opts);
            return { zoneIds, gateways };
        },
        { stack, outputs: { [MEMBERSHIP]: { entries: { "Zone okta": { "203.0.113.7/32": {} } } } } },
    );
}

describe("RangesZone", () => {
    it("declares a zone, and a membership of the fewest entries that has no source", async () => {
        const { resources, values } = await run({});
        assert.deepEqual(
            resources.map(({ type, name, options }) => [type, name, options.parent]),
            [
                [ours("RangesZone"), "okta", undefined],
                [ours("GrantedZone"), "okta", `${ours("RangesZone")} okta`],
                [ours("IpZone"), "okta", `${ours("GrantedZone")} okta`],
                [ZONE, "okta", `${ours("IpZone")} okta`],
                [SETTINGS, "okta", `${ours("IpZone")} okta`],
                [MEMBERSHIP, "okta", `${ours("GrantedZone")} okta`],
            ],
        );
        const { __provider, ...said } = only(resources, MEMBERSHIP).inputs;
        const staticGateways = ["198.51.100.1-198.51.100.3", "203.0.113.7/32"];
        assert.deepEqual(said, { zoneIds: ["Zone okta"], staticGateways });
        assert.deepEqual(values, { zoneIds: ["Zone okta"], gateways: [["203.0.113.7/32"]] });
    });

    it("takes a promise, and more zones without renaming the first", async () => {
        const { resources } = await run({ ranges: Promise.resolve(RANGES), shards: 3, confirmRemovals: true });
        assert.deepEqual(
            resources.filter(({ type }) => type === ZONE).map(({ name, inputs }) => [name, inputs.name]),
            [
                ["okta", "Okta"],
                ["okta-2", "Okta 2"],
                ["okta-3", "Okta 3"],
            ],
        );
        const { zoneIds, confirmRemovals } = only(resources, MEMBERSHIP).inputs;
        assert.deepEqual([zoneIds, confirmRemovals], [["Zone okta", "Zone okta-2", "Zone okta-3"], true]);
    });

    it("protects its zones as every zone of ours", async () => {
        const protection = async (...args: Parameters<typeof run>) =>
            only((await run(...args)).resources, ZONE).options.protect;
        assert.equal(await protection({}, "production"), true);
        assert.equal(await protection({ isProtected: false }, "production"), false);
        assert.equal(await protection({}, "dev", true), true);
    });

    it("refuses what is no range", async () => {
        const message = 'okta: "okta.com" is not an IPv4 address, CIDR or range [ZK003]';
        await assert.rejects(
            run({ ranges: ["okta.com"] }),
            (error) => RunError.isInstance(error) && error.message === error.stack && error.message === message,
        );
    });
});
