import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../../src/agent/events/events";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, grant, NOW } from "../../support/grants";
import { zone } from "../../support/rounds";
import { openStage } from "./stage";

const MINUTE = 60_000;
const EMPTY = [zone("nzo1", [SENTINEL])];

describe("a reconciler", () => {
    it("brings the zones to the grants at the start, and verifies it a second later", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        await stage.clock.pass(0);
        assert.deepEqual(stage.zones.calls, ["read nzo1", "write nzo1"]);
        await stage.clock.pass(1000);
        assert.deepEqual(stage.zones.calls, ["read nzo1", "write nzo1", "read nzo1"]);
        assert.deepEqual(stage.told("zone.verified"), [{ type: "zone.verified", zone: "nzo1", write: "w1" }]);
    });

    it("writes a change that it hears of at once, without a read before it within a second of the last one", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        await stage.clock.pass(2000);
        const before = stage.zones.calls.length;
        stage.source.grants = [grant(A), grant(B)];
        stage.reconciler.hint();
        await stage.clock.pass(0);
        assert.deepEqual(stage.zones.calls.slice(before), ["write nzo1"]);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
    });

    it("puts changes that come while a write is under way into the next one", async () => {
        await using stage = openStage({ zones: EMPTY });
        await stage.clock.pass(5000);
        const write = stage.zones.write;
        stage.zones.write = async (...args) => {
            await stage.clock.sleep(50, args[2]);
            return write(...args);
        };
        stage.source.grants = [grant("203.0.113.0/32")];
        stage.reconciler.hint();
        await stage.clock.pass(10);
        for (let count = 1; count <= 4; count++) {
            stage.source.grants = [...stage.source.grants, grant(`203.0.113.${count * 2}/32`)];
            stage.reconciler.hint();
            await stage.clock.pass(10);
        }
        await stage.clock.pass(1000);
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways.length),
            [1, 5],
        );
    });

    it("counts the overstay of an address from the last end of its grants", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 3, { id: "g" }), grant(A, 5, { id: "h" })] });
        await stage.clock.pass(5 * MINUTE);
        assert.equal(stage.told("write.accepted").at(-1)?.overstaySeconds, 0);
    });

    it("takes a grant out at the moment at which it ends, without being told", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 3), grant(B, 60)] });
        await stage.clock.pass(3 * MINUTE - 1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
        await stage.clock.pass(1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [B]);
        const [last] = stage.told("write.accepted").slice(-1);
        assert.deepEqual([last?.overstaySeconds, last?.latencySeconds], [0, undefined]);
    });

    it("lets a grant in at the moment at which it starts", async () => {
        const later = grant(A, 60, { startsAtMs: NOW + 10 * MINUTE });
        await using stage = openStage({ zones: EMPTY, grants: [later] });
        await stage.clock.pass(10 * MINUTE - 1);
        assert.equal(stage.zones.writes.length, 0);
        await stage.clock.pass(1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });

    it("lets a grant in at the moment from which it goes on for no longer than it may", async () => {
        const rules = { maxTimeToLive: "30m" };
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 40)], rules });
        await stage.clock.pass(10 * MINUTE - 1);
        assert.equal(stage.zones.writes.length, 0);
        await stage.clock.pass(1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });

    it("writes nothing while nothing changes, and looks every half minute", async () => {
        await using stage = openStage({ zones: [zone("nzo1", [A])], grants: [grant(A)] });
        await stage.clock.pass(10 * MINUTE);
        assert.deepEqual(
            stage.zones.calls,
            Array.from({ length: 21 }, () => "read nzo1"),
        );
    });

    it("tells who is inside before it writes and when it has, and whom a brake holds as well", async () => {
        const told = (from: number) =>
            stage.inForce.slice(from).map(({ active, state }) => [state, ...active.map(({ id }) => id)]);
        const [a, b] = [grant(A), grant(B)];
        await using stage = openStage({ zones: EMPTY, grants: [a, b], rules: { maxRemovals: 0 } });
        await stage.clock.pass(1000);
        assert.deepEqual(told(0), [
            ["expected", a.id, b.id],
            ["settled", a.id, b.id],
        ]);
        stage.source.grants = [a];
        stage.reconciler.hint();
        await stage.clock.pass(1000);
        assert.deepEqual(told(2), [["settled", a.id, b.id]]);
        // A new grant of a held reading waits.
        const late = grant("203.0.113.99/32");
        for (const grants of [[a, late], [a]]) {
            stage.source.grants = grants;
            stage.reconciler.hint();
            await stage.clock.pass(1000);
        }
        assert.deepEqual(
            stage.inForce.filter(({ active }) => active.includes(late)),
            [],
        );
        assert.deepEqual(stage.inForce.at(-1)?.active, [a, b]);
        await stage.reconciler.confirm([B], "ana");
        await stage.clock.pass(1000);
        assert.deepEqual(told(-2), [
            ["expected", a.id],
            ["settled", a.id],
        ]);
    });

    it("tells nobody to be out while an entry is held that nobody explains", async () => {
        const zones = [zone("nzo1", [A, B])];
        await using stage = openStage({ zones, grants: [grant(A)] });
        await stage.clock.pass(1000);
        assert.deepEqual([...new Set(stage.inForce.map(({ state }) => state))], ["expected"]);
    });

    it("holds what no grant admits at first contact until somebody confirms just that", async () => {
        await using stage = openStage({ zones: [zone("nzo1", [A, B])], grants: [grant(A)] });
        await stage.clock.pass(MINUTE);
        assert.equal(stage.zones.writes.length, 0);
        assert.deepEqual(stage.told("removals.held"), [{ type: "removals.held", held: [B], grants: [] }]);
        assert.deepEqual(await stage.reconciler.confirm([A], "ana"), []);
        await stage.clock.pass(MINUTE);
        assert.equal(stage.zones.writes.length, 0);
        assert.deepEqual(await stage.reconciler.confirm([B], "ana"), [B]);
        await stage.clock.pass(0);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });

    it("forgets no confirmation that comes while the round still goes on that holds it", async () => {
        const told: Promise<readonly string[]>[] = [];
        const record = async ({ type }: AgentEvent) => {
            if (type === "removals.held") told.push(stage.reconciler.confirm([B], "ana"));
        };
        await using stage = openStage({ zones: [zone("nzo1", [A, B])], grants: [grant(A)], more: { record } });
        await stage.clock.pass(0);
        assert.deepEqual(await Promise.all(told), [[B]]);
        await stage.clock.pass(0);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });

    it("waits for its budget, and writes once when there is some", async () => {
        await using stage = openStage({ zones: EMPTY });
        await stage.clock.pass(10_000);
        stage.starve(5000);
        for (const address of [A, B]) {
            stage.source.grants = [...stage.source.grants, grant(address)];
            stage.reconciler.hint();
            await stage.clock.pass(1000);
        }
        assert.equal(stage.zones.writes.length, 0);
        await stage.clock.pass(3000);
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[A, B]],
        );
    });

    it("finishes the write under way when it is told to stop, and begins no other", async () => {
        const seed = [zone("nzo1", [SENTINEL], {}), zone("nzo2", [SENTINEL])];
        await using stage = openStage({ zones: seed });
        await stage.clock.pass(10_000);
        const write = stage.zones.write;
        stage.zones.write = async (...args) => {
            await stage.clock.sleep(50, args[2]);
            return write(...args);
        };
        stage.source.grants = Array.from({ length: 200 }, (_, index) => grant(`203.0.${index}.1/32`));
        stage.reconciler.hint();
        await stage.clock.pass(10);
        stage.stop.abort();
        await stage.clock.pass(1000);
        await stage.ended;
        assert.deepEqual(
            stage.zones.writes.map(({ zoneId }) => zoneId),
            ["nzo1"],
        );
        assert.equal(stage.clock.sleepers(), 0);
    });

    it("cuts off the write under way when it no longer leads", async () => {
        await using stage = openStage({ zones: EMPTY });
        await stage.clock.pass(10_000);
        const write = stage.zones.write;
        stage.zones.write = async (...args) => {
            await stage.clock.sleep(50, args[2]);
            return write(...args);
        };
        stage.source.grants = [grant(A)];
        stage.reconciler.hint();
        await stage.clock.pass(10);
        stage.lost.abort();
        await stage.clock.pass(1000);
        await stage.ended;
        assert.equal(stage.zones.writes.length, 0);
        assert.deepEqual(
            stage.told("write.failed").map(({ isOpen }) => isOpen),
            [true],
        );
    });

    it("takes out late what it must when the clock is set forward, and back in when it is set back", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 30)] });
        await stage.clock.pass(10_000);
        stage.clock.jump(60 * MINUTE);
        await stage.clock.pass(15_000);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [SENTINEL]);
        stage.clock.jump(-60 * MINUTE);
        await stage.clock.pass(15_000);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });

    it("says because of whom an address comes in and goes out", async () => {
        const ana = grant(A, 3, { id: "g1", user: "ana@example.com", reason: "INC-1" });
        const bob = grant(B, 60, { id: "g2", user: "bob@example.com" });
        await using stage = openStage({ zones: EMPTY, grants: [ana, bob] });
        await stage.clock.pass(3 * MINUTE);
        stage.source.grants = [];
        stage.reconciler.hint();
        await stage.clock.pass(0);
        const told = stage.told("write.intended").map(({ changes }) => changes);
        const [g1, g2] = [
            { id: "g1", user: "ana@example.com", reason: "INC-1" },
            { id: "g2", user: "bob@example.com" },
        ];
        assert.deepEqual(told, [
            [
                { address: A, change: "add", why: "granted", grants: [g1] },
                { address: B, change: "add", why: "granted", grants: [g2] },
                { address: SENTINEL, change: "remove", why: "sentinel", grants: [] },
            ],
            [{ address: A, change: "remove", why: "ended", grants: [g1] }],
            [
                { address: SENTINEL, change: "add", why: "sentinel", grants: [] },
                { address: B, change: "remove", why: "withdrawn", grants: [g2] },
            ],
        ]);
    });
});
