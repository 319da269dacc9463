import { strict as assert } from "node:assert";

import { IpZone, type IpZoneArgs } from "../../components/ipZone";
import { SENTINEL } from "../../src/core/zones/zone";
import { declared, only } from "../support/declared";
import { ours, SETTINGS, ZONE } from "./types";

describe("IpZone", () => {
    async function bothOf(args: IpZoneArgs, stack: string, protect?: boolean) {
        const opts = protect === undefined ? {} : { protect };
        const { resources } = await declared(() => new IpZone("staff", args, opts).zoneId, { stack });
        return { zone: only(resources, ZONE), settings: only(resources, SETTINGS) };
    }

    it("declares a zone that admits nobody and never writes it again, its settings, and nothing else", async () => {
        const { resources } = await declared(() => new IpZone("staff", { zoneName: "Staff" }).zoneId, {
            stack: "prod",
        });
        const { __provider, ...settings } = only(resources, SETTINGS).inputs;
        const permission = { isGuarded: true, allow: [] };
        const [zoneId, status] = ["Zone staff", "ACTIVE"];
        assert.deepEqual(settings, { zoneId, name: "Staff", usage: "POLICY", status, proxies: [], ...permission });
        assert.deepEqual(only(resources, SETTINGS).options, {
            parent: `${ours("IpZone")} staff`,
            dependencies: [`${ZONE} staff`],
        });
        assert.deepEqual(
            resources.filter(({ type }) => type !== SETTINGS),
            [
                { type: ours("IpZone"), name: "staff", inputs: { zoneName: "Staff" }, options: {} },
                {
                    type: ZONE,
                    name: "staff",
                    inputs: { type: "IP", name: "Staff", usage: "POLICY", gateways: [SENTINEL] },
                    options: {
                        parent: `${ours("IpZone")} staff`,
                        protect: true,
                        ignoreChanges: ["gateways", "name", "usage", "status", "proxies"],
                    },
                },
            ],
        );
    });

    it("passes on usage, proxies and what it may do", async () => {
        const args = { zoneName: "Blocked", usage: "BLOCKLIST", proxies: ["10.0.0.0/8"], allow: ["blocklist"] };
        const { zone, settings } = await bothOf(args, "dev");
        const { usage, proxies, allow } = settings.inputs;
        assert.deepEqual([usage, proxies, allow], ["BLOCKLIST", ["10.0.0.0/8"], ["blocklist"]]);
        assert.deepEqual(zone.inputs, {
            type: "IP",
            name: "Blocked",
            usage: "BLOCKLIST",
            gateways: [SENTINEL],
            proxies: ["10.0.0.0/8"],
        });
    });

    const PROTECTION = [
        { stack: "dev", expected: false },
        { stack: "prod", expected: true },
        { stack: "dev", isProtected: true, expected: true },
        { stack: "prod", isProtected: false, expected: false },
        { stack: "dev", protect: true, isProtected: false, expected: true },
        { stack: "prod", protect: false, isProtected: true, expected: false },
    ];
    for (const { expected, ...given } of PROTECTION) {
        it(`is ${expected ? "" : "not "}protected and guarded with ${JSON.stringify(given)}`, async () => {
            const { stack, protect, isProtected } = given;
            const args = { zoneName: "Staff", ...(isProtected !== undefined && { isProtected }) };
            const { zone, settings } = await bothOf(args, stack, protect);
            assert.deepEqual([zone.options.protect, settings.inputs.isGuarded], [expected, expected]);
        });
    }

    it("gives the zone's id and what the state knows of its gateways", async () => {
        const program = () => {
            const { zoneId, gateways } = new IpZone("staff", { zoneName: "Staff" });
            return { zoneId, gateways };
        };
        const outputs = { [ZONE]: { gateways: ["203.0.113.7/32"] } };
        const { values } = await declared(program, { outputs });
        assert.deepEqual(values, { zoneId: "Zone staff", gateways: ["203.0.113.7/32"] });
        const { values: empty } = await declared(program, { outputs: { [ZONE]: { gateways: null } } });
        assert.deepEqual(empty, { zoneId: "Zone staff", gateways: [] });
    });
});
