import { strict as assert } from "node:assert";

import { openStandIn, type StandIn, subject } from "./standIn";

const ZONE = "okta:network/zone:Zone";

describe("the stand-in for zones", () => {
    let standIn: StandIn;
    beforeEach(async () => {
        standIn = await openStandIn();
    });
    afterEach(() => standIn.close());

    it("writes zones whole, with their lifecycle, in the provider's order", async () => {
        const made = await standIn.create(ZONE, {
            name: "staff",
            type: "IP",
            gateways: ["203.0.113.7", "198.51.100.0/24"],
            proxies: ["10.0.0.1"],
        });
        assert.deepEqual(standIn.asked(), [
            'POST /api/v1/zones {"gateways":[{"type":"CIDR","value":"198.51.100.0/24"},{"type":"RANGE","value":"203.0.113.7"}],"name":"staff","proxies":[{"type":"RANGE","value":"10.0.0.1"}],"status":"ACTIVE","type":"IP","usage":"POLICY"}',
            "POST /api/v1/zones/nzo/lifecycle/activate",
        ]);
        const { outputs } = made;
        assert.deepEqual(outputs, {
            gateways: ["198.51.100.0/24", "203.0.113.7"],
            name: "staff",
            proxies: ["10.0.0.1"],
            status: "ACTIVE",
            system: false,
            type: "IP",
            usage: "POLICY",
        });
        const closed = await standIn.update(made, {
            name: "staff",
            type: "IP",
            gateways: ["203.0.113.7"],
            status: "INACTIVE",
        });
        assert.deepEqual(standIn.asked(), [
            'PUT /api/v1/zones/nzo {"gateways":[{"type":"RANGE","value":"203.0.113.7"}],"name":"staff","status":"INACTIVE","type":"IP","usage":"POLICY"}',
            "POST /api/v1/zones/nzo/lifecycle/deactivate",
        ]);
        await standIn.remove(closed);
        assert.deepEqual(standIn.asked(), ["POST /api/v1/zones/nzo/lifecycle/deactivate", "DELETE /api/v1/zones/nzo"]);
        assert.equal(await standIn.read(closed), undefined);
        await standIn.remove(closed);
    });

    it("takes the same gateways in another order and spelling for the same", async () => {
        const made = await standIn.create(ZONE, {
            name: "staff",
            type: "IP",
            gateways: ["203.0.113.7-203.0.113.7", "198.51.100.9"],
        });
        const { inputs } = await standIn.provider.check(subject(ZONE), made.inputs, {
            name: "staff",
            type: "IP",
            gateways: ["198.51.100.9", "203.0.113.7"],
        });
        assert.equal((await standIn.provider.diff(subject(ZONE), made, inputs)).changes, false);
        assert.deepEqual((await standIn.read(made))?.inputs, made.inputs);
    });

    it("reads back into the inputs what another writer changed", async () => {
        const made = await standIn.create(ZONE, { name: "staff", type: "IP", gateways: ["192.0.2.0/32"] });
        const wire = {
            type: "IP",
            name: "staff",
            status: "ACTIVE",
            gateways: [{ type: "CIDR", value: "198.51.100.0/24" }],
        };
        await fetch(`${standIn.okta.url}/api/v1/zones/${made.id}`, {
            method: "PUT",
            headers: { authorization: "SSWS x", "content-type": "application/json" },
            body: JSON.stringify(wire),
        });
        const found = await standIn.read(made);
        assert.deepEqual(found?.inputs, { ...made.inputs, gateways: ["198.51.100.0/24"] });
        assert.deepEqual(found?.outputs, { ...made.outputs, gateways: ["198.51.100.0/24"] });
    });

    it("refuses itself what the provider refuses", async () => {
        const blocked = { name: "x", type: "IP", usage: "BLOCKLIST", gateways: ["10.0.0.1"], proxies: ["10.0.0.2"] };
        await assert.rejects(standIn.create(ZONE, blocked), {
            message: "zone x: a zone with usage BLOCKLIST has no proxies",
        });
        await assert.rejects(standIn.create(ZONE, { name: "BlockedIpZone", type: "IP" }), {
            message: "BlockedIpZone exists and is Okta's own",
        });
        const { failures } = await standIn.provider.check(
            subject(ZONE),
            {},
            { type: "DYNAMIC", usage: 7, asns: ["1"] },
        );
        assert.deepEqual(failures, [
            { property: "asns", reason: `${ZONE} has no such input` },
            { property: "type", reason: "expected one of IP" },
            { property: "usage", reason: "is not of kind text" },
        ]);
    });

    it("leaves a zone of Okta's own where it is", async () => {
        const [id = "", { name }] = [...standIn.okta.org.zones].find(([, { system }]) => system) ?? ["", { name: "" }];
        await standIn.provider.delete(subject(ZONE), id, { name, system: true });
        assert.deepEqual(standIn.asked(), []);
        assert.notEqual(id, "");
    });

    it("names what the program does not name, and keeps the name", async () => {
        const first = await standIn.provider.check(subject(ZONE), {}, { type: "IP" });
        assert.match(String(first.inputs.name), /^staff-[0-9a-f]{7}$/);
        assert.deepEqual(first.inputs.__defaults, ["name", "status", "usage"]);
        const second = await standIn.provider.check(subject(ZONE), first.inputs, { type: "IP" });
        assert.equal(second.inputs.name, first.inputs.name);
    });
});
