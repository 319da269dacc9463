import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { type Answer, callerOf, zoneBody } from "../caller";

interface Event {
    readonly eventType: string;
}

describe("the System Log", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const start = Date.parse("2026-03-01T12:00:00.000Z");
    const clock = { ms: start };
    const types = ({ body }: Answer) => body.map(({ eventType }: Event) => eventType);
    const nextOf = ({ headers }: Answer) => /<[^>]*(\/api[^>]*)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    const at = (second: number) => new Date(start + second * 1000).toISOString();
    beforeEach(async () => {
        clock.ms = start;
        emulator = await startEmulator({ now: () => clock.ms });
        call = callerOf(emulator);
        const tick = () => {
            clock.ms += 1000;
        };
        tick();
        const { id } = (await call("POST", "/api/v1/zones", zoneBody("Office", "1.2.3.4/32"))).body;
        tick();
        await call("PUT", `/api/v1/zones/${id}`, zoneBody("Office", "1.2.3.5/32"));
        tick();
        await call("POST", `/api/v1/zones/${id}/lifecycle/deactivate`);
        tick();
        await call("DELETE", `/api/v1/zones/${id}`);
    });
    afterEach(() => emulator.close());

    const all = ["zone.create", "zone.update", "zone.deactivate", "zone.delete"];

    it("says that a zone changed and who it was, and not what", async () => {
        const { body } = await call("GET", "/api/v1/logs?limit=1");
        const { uuid, target, ...event } = body[0];
        assert.match(uuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        assert.deepEqual([target[0].type, target[0].displayName], ["NetworkZone", "Office"]);
        assert.deepEqual(event, {
            published: at(1),
            eventType: "zone.create",
            version: "0",
            severity: "INFO",
            actor: {
                id: emulator.org.about.adminId,
                type: "User",
                alternateId: "admin@example.com",
                displayName: "A User",
            },
            outcome: { result: "SUCCESS", reason: null },
            client: { ipAddress: "127.0.0.1", zone: "null" },
            request: { ipChain: [{ ip: "127.0.0.1", version: "V4", source: null, geographicalContext: null }] },
        });
    });

    it("names another admin, an app, and an unknown actor", async () => {
        const users = ["00u1", "00u2"].map((id) => ({ id, login: `${id}@example.com` }));
        const tokens = [{ value: "second", userId: "00u2" }];
        const accessTokens = [{ value: "app", scopes: ["okta.networkZones.manage"] }];
        const zones = [{ id: "nzo1", name: "Office" }];
        await using okta = await startEmulator({ seed: { users, tokens, accessTokens, zones } });
        const as = (authorization: string, cidr: string) =>
            callerOf(okta, { authorization })("PUT", "/api/v1/zones/nzo1", zoneBody("Office", cidr));
        assert.equal((await as("SSWS second", "1.2.3.4/32")).status, 200);
        okta.inject({ do: { foreignWrite: { name: "Theirs" } } });
        assert.equal((await as("Bearer app", "1.2.3.5/32")).status, 200);
        const { body } = await callerOf(okta, { authorization: "SSWS second" })("GET", "/api/v1/logs");
        const found = body.map(({ actor }: { actor: { id: string; type: string; alternateId: string } }) => [
            actor.id,
            actor.type,
            actor.alternateId,
        ]);
        assert.deepEqual(found, [
            ["00u2", "User", "00u2@example.com"],
            ["seed", "PublicClientApp", "seed"],
            ["00uStranger000000001", "User", "stranger@example.com"],
        ]);
    });

    it("is silent about a PUT that changes nothing", async () => {
        const [zone] = emulator.org.zones.values();
        const { body } = await call("GET", `/api/v1/zones/${zone?.id}`);
        const put = await call("PUT", `/api/v1/zones/${zone?.id}`, { ...body, name: "LegacyIpZone" });
        assert.equal(put.status, 200, JSON.stringify(put.body));
        assert.deepEqual(types(await call("GET", "/api/v1/logs")), all);
    });

    it("is polled by its next link, which is there on an empty page too, and never returns an event twice", async () => {
        const first = await call("GET", "/api/v1/logs?limit=3");
        const second = await call("GET", nextOf(first) ?? "");
        const third = await call("GET", nextOf(second) ?? "");
        assert.deepEqual([types(first), types(second), types(third)], [all.slice(0, 3), all.slice(3), []]);
        await call("POST", "/api/v1/zones", zoneBody("New", "1.2.3.4/32"));
        assert.deepEqual(types(await call("GET", nextOf(third) ?? "")), ["zone.create"]);
    });

    it("has an end between two moments, of which the first is exclusive", async () => {
        const answer = await call("GET", `/api/v1/logs?since=${at(1)}&until=${at(3)}`);
        assert.deepEqual([types(answer), nextOf(answer)], [["zone.update", "zone.deactivate"], undefined]);
        const half = await call("GET", `/api/v1/logs?since=${at(0)}&until=${at(3)}&limit=2`);
        const rest = await call("GET", nextOf(half) ?? "");
        assert.deepEqual([types(half), types(rest), nextOf(rest)], [all.slice(0, 2), ["zone.deactivate"], undefined]);
    });

    it("goes backwards on demand, between two moments", async () => {
        const answer = await call("GET", `/api/v1/logs?since=${at(0)}&until=${at(9)}&sortOrder=DESCENDING&limit=3`);
        assert.deepEqual(types(answer), [...all].reverse().slice(0, 3));
        assert.deepEqual(types(await call("GET", nextOf(answer) ?? "")), ["zone.create"]);
    });

    it("reaches seven days back by default", async () => {
        clock.ms += 7 * 24 * 3_600_000 - 2_000;
        assert.deepEqual(types(await call("GET", "/api/v1/logs")), all.slice(2));
    });

    const filters: [filter: string, found: string[]][] = [
        ['eventType sw "zone."', all],
        ['eventType eq "zone.update"', ["zone.update"]],
        ['eventType eq "zone.create" or eventType eq "zone.delete"', ["zone.create", "zone.delete"]],
        ['eventType sw "user."', []],
    ];
    for (const [filter, found] of filters) {
        it(`filters by ${filter}`, async () => {
            assert.deepEqual(types(await call("GET", `/api/v1/logs?filter=${encodeURIComponent(filter)}`)), found);
        });
    }

    for (const query of [
        "limit=1001",
        "limit=0",
        "since=yesterday",
        "filter=published+gt+%22x%22",
        "after=99_1",
        "after=x",
    ]) {
        it(`refuses ${query}`, async () => {
            assert.equal((await call("GET", `/api/v1/logs?${query}`)).status, 400);
        });
    }

    it("includes rules and sessions", async () => {
        const [policy] = emulator.org.policies.values();
        const path = `/api/v1/policies/${policy?.id}/rules`;
        const { id } = (await call("POST", path, { name: "R", type: "ACCESS_POLICY" })).body;
        await call("PUT", `${path}/${id}`, { name: "R", type: "ACCESS_POLICY", priority: 2 });
        await call("DELETE", `${path}/${id}`);
        await call("DELETE", `/api/v1/users/${emulator.org.about.adminId}/sessions`);
        const found = types(await call("GET", "/api/v1/logs")).slice(4);
        assert.deepEqual(found, ["policy.rule.add", "policy.rule.update", "policy.rule.delete", "user.session.clear"]);
    });

    describe("that others write", () => {
        const login = {
            eventType: "user.session.start",
            actor: { id: "00u1", type: "User", alternateId: "ana@example.com" },
            client: { ipAddress: "2001:db8::1" },
        };

        it("includes what a test or another process adds to it", async () => {
            emulator.log(login);
            assert.equal(
                (await call("POST", "/emulator/events", { ...login, outcome: { result: "FAILURE" } })).status,
                204,
            );
            const [one, other] = (await call("GET", "/api/v1/logs?filter=eventType+sw+%22user.%22")).body;
            assert.deepEqual(
                [one.actor, one.client, one.outcome.result, one.published],
                [login.actor, { zone: "null", ipAddress: "2001:db8::1" }, "SUCCESS", at(4)],
            );
            assert.deepEqual(one.request.ipChain[0], {
                ip: "2001:db8::1",
                version: "V6",
                source: null,
                geographicalContext: null,
            });
            assert.equal(other.outcome.result, "FAILURE");
        });

        for (const [filter, found] of [
            ['actor.id eq "00u1"', 1],
            ['actor.alternateId sw "ana@"', 1],
            ['client.ipAddress eq "2001:db8::1" and outcome.result eq "SUCCESS"', 1],
            ['client.ipAddress eq "2001:db8::2"', 0],
        ] as const) {
            it(`filters by ${filter}`, async () => {
                emulator.log(login);
                const { body } = await call("GET", `/api/v1/logs?filter=${encodeURIComponent(filter)}`);
                assert.equal(body.length, found);
            });
        }

        it("begins with the events of the seed", async () => {
            const seed = { events: [{ ...login, published: at(-60), uuid: "u1" }] };
            await using other = await startEmulator({ now: () => start, seed });
            const { body } = await callerOf(other)("GET", "/api/v1/logs");
            assert.deepEqual(
                body.map(({ uuid, published }: { uuid: string; published: string }) => [uuid, published]),
                [["u1", at(-60)]],
            );
        });

        for (const [sent, error] of [
            ["{", "the event is not JSON"],
            [{}, "the event is not usable: eventType: Invalid input: expected string, received undefined"],
            [{ ...login, published: "yesterday" }, "the event is not usable: published: Invalid ISO datetime"],
        ] as const) {
            it(`does not take ${JSON.stringify(sent).slice(0, 60)}`, async () => {
                const { status, body } = await call("POST", "/emulator/events", sent);
                assert.deepEqual([status, body], [400, { error }]);
            });
        }
    });
});
