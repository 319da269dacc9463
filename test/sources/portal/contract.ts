import { strict as assert } from "node:assert";
import type { Change } from "../../../src/core/portal/state";
import type { PortalGrant } from "../../../src/core/portal/types";
import type { ChangeLog } from "../../../src/sources/portal/changeLog";
import { portalSource } from "../../../src/sources/portal/portalSource";
import { openPortalStore, type PortalStore } from "../../../src/sources/portal/portalStore";
import type { AgentReports } from "../../../src/sources/portal/reports";

export const NOW = Date.parse("2026-12-01T12:00:00Z");
export const HOUR = 3_600_000;
export const ANY = new AbortController().signal;

export const GRANT: PortalGrant = {
    id: "g1",
    access: "payroll",
    holder: { iss: "https://idp", sub: "ana", user: "ana@example.com", name: "Ana" },
    addresses: ["203.0.113.7"],
    createdAtMs: NOW,
    startsAtMs: NOW,
    expiresAtMs: NOW + HOUR,
    labels: { access: "payroll" },
    requestId: "r1",
};

/** Where a store is, for several processes that have it open. */
export interface Place extends AsyncDisposable {
    log(): ChangeLog;
    reports(): AgentReports;
}

/** What every store does, by two processes that have it open. */
export function testPortalStore(open: () => Promise<Place>): void {
    let place: Place;
    let [one, two]: [PortalStore, PortalStore] = [undefined, undefined] as never;

    beforeEach(async () => {
        place = await open();
        one = openPortalStore(place.log(), () => NOW);
        two = openPortalStore(place.log(), () => NOW);
    });

    afterEach(() => place[Symbol.asyncDispose]());

    it("is empty at first", async () => {
        assert.equal((await one.read(ANY)).grants.size, 0);
    });

    it("shows one what the other has kept, and lets a row go", async () => {
        await put(one, GRANT);
        assert.deepEqual((await two.read(ANY)).grants.get("g1"), GRANT);
        await two.transact(() => ({ changes: [["grants", "g1", null]], result: undefined }));
        assert.equal((await one.read(ANY)).grants.size, 0);
    });

    it("decides on what everybody has kept before: of fifty at once, one comes first", async () => {
        const first = (store: PortalStore, name: string) =>
            store.transact((state) => {
                const isFirst = !state.used.has("once");
                const changes: Change[] = isFirst ? [["used", "once", { untilMs: NOW, hash: name }]] : [];
                return { changes, result: isFirst };
            });
        const all = Array.from({ length: 50 }, (_, index) => first(index % 2 === 0 ? one : two, `n${index}`));
        assert.equal((await Promise.all(all)).filter((isFirst) => isFirst).length, 1);
    });

    it("keeps nothing of work that throws, and all of the work beside it", async () => {
        const good = put(one, GRANT);
        const bad = one.transact(() => {
            throw new Error("no");
        });
        await assert.rejects(bad, /^Error: no$/);
        await good;
        assert.equal((await two.read(ANY)).grants.size, 1);
    });

    it("begins anew with what counts when it has become long", async () => {
        await put(one, GRANT);
        await two.read(ANY);
        const touch = () =>
            one.transact(() => ({ changes: [["used", "k", { untilMs: NOW + HOUR }]], result: undefined }));
        for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 1_050 }, touch));
        const seen = await two.read(ANY);
        assert.deepEqual([seen.grants.size, seen.used.size], [1, 1]);
        await put(two, { ...GRANT, id: "g2" });
        const fresh = openPortalStore(place.log(), () => NOW);
        assert.deepEqual([...(await fresh.read(ANY)).grants.keys()], ["g1", "g2"]);
        const { lines } = await place.log().read(undefined, ANY);
        assert.ok(lines.length < 2_000, `${lines.length} lines`);
    }).timeout(60_000);

    it("calls watchers back", async () => {
        const over = new AbortController();
        await put(one, GRANT);
        await two.read(ANY);
        let woken = () => {};
        const wakeUp = new Promise<void>((resolve) => {
            woken = resolve;
        });
        const watching = two.watch(() => woken(), over.signal);
        await put(one, { ...GRANT, id: "g2" });
        await wakeUp;
        over.abort();
        await watching;
    });

    it("gives the agent grants by name, and those that were revoked as removed", async () => {
        await put(one, GRANT);
        await put(one, { ...GRANT, id: "g2", endedAtMs: NOW });
        await put(one, { ...GRANT, id: "g3", isUnconfirmed: true, startsAtMs: NOW + 1 });
        await put(one, { ...GRANT, id: "g4", addresses: ["203.0.113.0/24"] });
        await put(one, { ...GRANT, id: "g5", expiresAtMs: NOW - 2 * HOUR, startsAtMs: NOW - 3 * HOUR });
        const source = portalSource({
            store: two,
            limits: { widestPrefix: 24, allowUnroutable: false },
            now: () => NOW,
        });
        const { grants, unusable, named } = await source.read(ANY);
        assert.deepEqual(
            grants.map(({ id, user, labels, expiresAtMs }) => [id, user, labels, expiresAtMs]),
            [["g1", "ana@example.com", { access: "payroll" }, NOW + HOUR]],
        );
        assert.deepEqual(
            unusable.map(({ id, field }) => [id, field]),
            [["g4", "ip"]],
        );
        assert.deepEqual([[...(named?.set ?? [])], [...(named?.removed ?? [])]], [["g1", "g4"], ["g2"]]);
    });

    it("keeps the latest report of each agent", async () => {
        const [portal, agent] = [place.reports(), place.reports()];
        assert.deepEqual(await portal.read(ANY), []);
        await agent.write("payroll", { heartbeatAtMs: 1, grants: {} });
        await agent.write("payroll", { heartbeatAtMs: 2, grants: { g1: { state: "accepted", acceptedAtMs: 2 } } });
        await agent.write("admin", { heartbeatAtMs: 3, grants: {} });
        const found = [...(await portal.read(ANY))].sort((a, b) => a.heartbeatAtMs - b.heartbeatAtMs);
        assert.deepEqual(found, [
            { heartbeatAtMs: 2, grants: { g1: { state: "accepted", acceptedAtMs: 2 } } },
            { heartbeatAtMs: 3, grants: {} },
        ]);
    });
}

export function put(store: PortalStore, grant: PortalGrant): Promise<void> {
    return store.transact(() => ({ changes: [["grants", grant.id, grant]], result: undefined }));
}
