import { strict as assert } from "node:assert";

import { IpZone, type IpZoneArgs } from "../../components/ipZone";
import { SENTINEL } from "../../src/core/zone";
import { declared, only } from "../support/declared";
import { ours, ZONE } from "./types";

describe("IpZone", () => {
    async function zoneOf(args: IpZoneArgs, stack: string, protect?: boolean) {
        const opts = protect === undefined ? {} : { protect };
        const { resources } = await declared(() => new IpZone("staff", args, opts).zoneId, { stack });
        return only(resources, ZONE);
    }

    it("declares a zone that admits nobody, leaves its gateways alone, and nothing else", async () => {
        const { resources } = await declared(() => new IpZone("staff", { zoneName: "Staff" }).zoneId, {
            stack: "prod",
        });
        assert.deepEqual(resources, [
            { type: ours("IpZone"), name: "staff", inputs: { zoneName: "Staff" }, options: {} },
            {
                type: ZONE,
                name: "staff",
                inputs: { type: "IP", name: "Staff", usage: "POLICY", gateways: [SENTINEL] },
                options: { parent: `${ours("IpZone")} staff`, protect: true, ignoreChanges: ["gateways"] },
            },
        ]);
    });

    it("passes on usage and proxies", async () => {
        const args = { zoneName: "Blocked", usage: "BLOCKLIST", proxies: ["10.0.0.0/8"] };
        const { inputs } = await zoneOf(args, "dev");
        assert.deepEqual(inputs, {
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
        it(`is ${expected ? "" : "not "}protected with ${JSON.stringify(given)}`, async () => {
            const { stack, protect, isProtected } = given;
            const args = { zoneName: "Staff", ...(isProtected !== undefined && { isProtected }) };
            assert.equal((await zoneOf(args, stack, protect)).options.protect, expected);
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
