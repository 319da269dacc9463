import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf, zoneBody } from "../caller";

const missing = { errorCode: "E0000007", errorLink: "E0000007", errorCauses: [] };

describe("zones", () => {
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
    const clock = { ms: Date.parse("2026-02-18T08:28:53.400Z") };
    before(async () => {
        emulator = await startEmulator({ now: () => clock.ms, rateLimit: 1_000_000 });
        call = callerOf(emulator);
    });
    after(() => emulator.close());

    it("creates a zone active whatever the body says, of usage POLICY, with ids and whole seconds as Okta's", async () => {
        const zone = await create({ name: "INACTIVE?", status: "INACTIVE" });
        const { id, created: at } = zone;
        const self = `${emulator.url}/api/v1/zones/${id}`;
        assert.match(id, /^nzo[0-9A-Za-z]{17}$/);
        assert.equal(at, "2026-02-18T08:28:53.000Z");
        assert.deepEqual(zone, {
            type: "IP",
            id,
            name: "INACTIVE?",
            status: "ACTIVE",
            usage: "POLICY",
            created: at,
            lastUpdated: at,
            system: false,
            gateways: [{ type: "CIDR", value: "1.2.3.0/24" }],
            proxies: null,
            _links: {
                self: { href: self, hints: { allow: ["GET", "PUT", "DELETE"] } },
                deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ["POST"] } },
            },
        });
    });

    describe("PUT", () => {
        it("replaces the whole zone: proxies left out are cleared, and the order is kept", async () => {
            const { id } = await create({ proxies: zoneBody("", "10.0.0.0/24", "10.0.1.0/24").gateways });
            const { gateways } = zoneBody("", "10.0.2.0/24", "10.0.0.0/24", "10.0.1.0/24");
            const { body } = await call("PUT", `/api/v1/zones/${id}`, { ...zoneBody("replaced"), gateways });
            assert.deepEqual([body.name, body.gateways, body.proxies], ["replaced", gateways, null]);
        });

        it("says the moment of the change before; the next GET has the new one", async () => {
            const { id, lastUpdated } = await create();
            clock.ms += 5_000;
            const put = await call("PUT", `/api/v1/zones/${id}`, zoneBody("later", "1.2.3.0/24"));
            assert.equal(put.body.lastUpdated, lastUpdated);
            const now = new Date(Math.floor(clock.ms / 1000) * 1000).toISOString();
            assert.equal((await call("GET", `/api/v1/zones/${id}`)).body.lastUpdated, now);
        });

        it("takes the whole of a GET back, and without a change leaves lastUpdated and the history alone", async () => {
            const { id } = await create();
            const zone = (await call("GET", `/api/v1/zones/${id}`)).body;
            const states = emulator.history.length;
            clock.ms += 5_000;
            const put = await call("PUT", `/api/v1/zones/${id}`, { ...zone, created: "ignored", system: true });
            assert.deepEqual([put.status, put.body], [200, zone]);
            assert.deepEqual((await call("GET", `/api/v1/zones/${id}`)).body, zone);
            assert.equal(emulator.history.length, states);
        });

        it("obeys the status, and keeps the present one where the body has none", async () => {
            const { id, name } = await create();
            const put = (more: object) =>
                call("PUT", `/api/v1/zones/${id}`, { ...zoneBody(name, "1.2.3.0/24"), ...more });
            assert.equal((await put({ status: "INACTIVE" })).body.status, "INACTIVE");
            assert.equal((await put({})).body.status, "INACTIVE");
            assert.equal((await put({ status: "ACTIVE" })).body.status, "ACTIVE");
        });

        it("switches the usage, but not the type", async () => {
            const { id, name } = await create();
            const put = (more: object) =>
                call("PUT", `/api/v1/zones/${id}`, { ...zoneBody(name, "1.2.3.0/24"), ...more });
            assert.equal((await put({ usage: "BLOCKLIST" })).body.usage, "BLOCKLIST");
            const { status, body } = await put({ type: "DYNAMIC" });
            assert.deepEqual([status, body.errorSummary], [400, "Api validation failed: type"]);
        });

        it("refuses to leave a zone without gateways and proxies", async () => {
            const { id, name } = await create();
            for (const more of [{ gateways: [] }, { gateways: undefined }, { gateways: null }]) {
                assert.equal((await call("PUT", `/api/v1/zones/${id}`, { ...zoneBody(name), ...more })).status, 400);
            }
            assert.equal((await call("GET", `/api/v1/zones/${id}`)).body.gateways.length, 1);
        });

        it("refuses the name of another zone, and takes its own", async () => {
            const [first, second] = [await create(), await create()];
            assert.equal(
                (await call("PUT", `/api/v1/zones/${first.id}`, zoneBody(second.name, "1.2.3.0/24"))).status,
                400,
            );
            assert.equal(
                (await call("PUT", `/api/v1/zones/${first.id}`, zoneBody(first.name, "1.2.4.0/24"))).status,
                200,
            );
        });

        it("has the new time on request, as in 2021", async () => {
            const seconds = { ms: 1_000 };
            await using fresh = await startEmulator({ lastUpdatedOfPut: "fresh", now: () => seconds.ms });
            const freshCall = callerOf(fresh);
            const { id } = (await freshCall("POST", "/api/v1/zones", zoneBody("a", "1.2.3.0/24"))).body;
            seconds.ms = 5_000;
            const { body } = await freshCall("PUT", `/api/v1/zones/${id}`, zoneBody("b", "1.2.3.0/24"));
            assert.equal(body.lastUpdated, "1970-01-01T00:00:05.000Z");
        });
    });

    it("keeps unknown fields that a seed gave a zone while a PUT has them, and loses them when it has not", async () => {
        await using seeded = await startEmulator({ seed: { zones: [{ id: "nzo1", ...SEEDED, future: { a: 1 } }] } });
        const seededCall = callerOf(seeded);
        const zone = (await seededCall("GET", "/api/v1/zones/nzo1")).body;
        assert.deepEqual(zone.future, { a: 1 });
        const kept = await seededCall("PUT", "/api/v1/zones/nzo1", { ...zone, name: "renamed", other: 1 });
        assert.deepEqual([kept.body.future, kept.body.other], [{ a: 1 }, undefined]);
        const lost = await seededCall("PUT", "/api/v1/zones/nzo1", zoneBody("again", "1.2.3.0/24"));
        assert.equal("future" in lost.body, false);
    });

    describe("lifecycle", () => {
        it("turns a zone, any number of times, and bumps lastUpdated each time", async () => {
            const { id } = await create();
            for (const [verb, status] of [
                ["deactivate", "INACTIVE"],
                ["deactivate", "INACTIVE"],
                ["activate", "ACTIVE"],
                ["activate", "ACTIVE"],
            ]) {
                clock.ms += 1_000;
                const { body } = await call("POST", `/api/v1/zones/${id}/lifecycle/${verb}`);
                assert.deepEqual(
                    [body.status, Date.parse(body.lastUpdated)],
                    [status, Math.floor(clock.ms / 1000) * 1000],
                );
            }
        });
    });

    describe("DELETE", () => {
        it("refuses an active zone in Okta's words", async () => {
            const { id, name } = await create();
            const { status, body } = await call("DELETE", `/api/v1/zones/${id}`);
            const { errorId, ...error } = body;
            assert.deepEqual(
                [status, error],
                [
                    400,
                    {
                        errorCode: "E0000001",
                        errorSummary: `Api validation failed: The zone: ${name} is an active zone. Active zones cannot be deleted.`,
                        errorLink: "E0000001",
                        errorCauses: [
                            { errorSummary: `id: The zone: ${id} is an active zone. Active zones cannot be deleted.` },
                        ],
                    },
                ],
            );
        });

        it("deletes an inactive one; afterwards every method answers 404 in Okta's words", async () => {
            const { id } = await create();
            await call("POST", `/api/v1/zones/${id}/lifecycle/deactivate`);
            const deleted = await call("DELETE", `/api/v1/zones/${id}`);
            assert.deepEqual([deleted.status, deleted.body, deleted.headers.get("content-type")], [204, "", null]);
            for (const [method, path] of [
                ["GET", id],
                ["PUT", id],
                ["DELETE", id],
                ["POST", `${id}/lifecycle/activate`],
            ]) {
                const { status, body } = await call(
                    `${method}`,
                    `/api/v1/zones/${path}`,
                    method === "PUT" ? zoneBody("x", "1.2.3.4/32") : undefined,
                );
                const { errorId, ...error } = body;
                assert.deepEqual(
                    [status, error],
                    [404, { ...missing, errorSummary: `Not found: Resource not found: ${id} (NetworkZone)` }],
                );
            }
        });

        it("deletes an active one on Classic Engine", async () => {
            await using classic = await startEmulator({
                seed: { org: { pipeline: "v1" }, zones: [{ id: "nzo1", ...SEEDED }] },
            });
            assert.equal((await callerOf(classic)("DELETE", "/api/v1/zones/nzo1")).status, 204);
        });
    });
});

const SEEDED = { name: "Office", gateways: [{ type: "CIDR" as const, value: "1.2.3.0/24" }] };
