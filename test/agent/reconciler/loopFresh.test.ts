import { strict as assert } from "node:assert";

import { fail } from "../../../src/core/errors/errors";
import { SENTINEL } from "../../../src/core/zones/zone";
import type { SeedZone } from "../../okta/zones/contract";
import { A, B, C, grant } from "../../support/grants";
import { zone } from "../../support/rounds";
import { openStage, type Stage } from "./stage";

const NEVER = new AbortController().signal;

/** A zone with A, which was read some time ago. */
async function openCalm(options: Partial<Parameters<typeof openStage>[0]> = {}, sinceMs = 20_000): Promise<Stage> {
    const stage = openStage({ zones: [zone("nzo1", [SENTINEL])], grants: [grant(A)], ...options });
    // A look verifies the write after a second.
    await stage.clock.pass(1000 + sinceMs);
    return stage;
}

/** B is granted. @returns what is asked of Okta within so many milliseconds */
async function grantB(stage: Stage, ms = 0): Promise<readonly string[]> {
    const before = stage.zones.calls.length;
    stage.source.grants = [grant(A), grant(B)];
    stage.reconciler.hint();
    await stage.clock.pass(ms);
    return stage.zones.calls.slice(before);
}

const now = (stage: Stage) => stage.zones.read("nzo1", NEVER);

describe("a reconciler that writes a zone which it read some time ago", () => {
    it("looks once before it writes, and not again within a second", async () => {
        await using stage = await openCalm();
        assert.deepEqual(await grantB(stage), ["read nzo1", "write nzo1"]);
        const before = stage.zones.calls.length;
        stage.source.grants = [grant(A), grant(B), grant(C)];
        stage.reconciler.hint();
        await stage.clock.pass(0);
        assert.deepEqual(stage.zones.calls.slice(before), ["write nzo1"]);
    });

    const CHANGES: readonly (readonly [title: string, change: Partial<SeedZone>])[] = [
        ["a deactivation", { status: "INACTIVE" }],
        ["a change to a blocklist", { usage: "BLOCKLIST" }],
        ["another name", { name: "Renamed" }],
        ["a trusted proxy", { proxies: ["198.51.100.9/32"] }],
    ];
    for (const [title, change] of CHANGES) {
        it(`keeps ${title} of just before`, async () => {
            await using stage = await openCalm();
            stage.zones.put({ ...zone("nzo1", [A]), ...change });
            await grantB(stage);
            const { name, usage, status, proxies, gateways } = await now(stage);
            const { name: named } = zone("nzo1", []);
            assert.deepEqual(
                { name, usage, status, proxies, gateways },
                { name: named, usage: "POLICY", status: "ACTIVE", proxies: [], ...change, gateways: [A, B] },
            );
        });

        it(`keeps ${title} also where another writer changed the gateways`, async () => {
            await using stage = await openCalm();
            stage.zones.put({ ...zone("nzo1", [C]), ...change });
            await grantB(stage, 250);
            const { id, system, type, gateways, ...shown } = { ...zone("nzo1", []), ...change };
            const { name, usage, status, proxies, gateways: written } = await now(stage);
            assert.deepEqual(
                { name, usage, status, proxies },
                { usage: "POLICY", status: "ACTIVE", proxies: [], ...shown },
            );
            assert.deepEqual(written, [A, B]);
        });
    }

    it("tells of another writer before it undoes that", async () => {
        await using stage = await openCalm();
        stage.zones.put(zone("nzo1", [A, C]));
        assert.deepEqual(await grantB(stage, 250), ["read nzo1", "read nzo1", "write nzo1"]);
        assert.deepEqual(stage.told("drift.found"), [
            { type: "drift.found", zone: "nzo1", added: [C], removed: [], outcome: "healed" },
        ]);
        assert.deepEqual(stage.told("write.intended").at(-1)?.before, [A, C]);
    });

    it("tells of another writer also where that is not undone by itself", async () => {
        await using stage = await openCalm({ more: { drift: "report" } });
        stage.zones.put(zone("nzo1", [A, C]));
        await grantB(stage, 250);
        assert.deepEqual(
            stage.told("drift.found").map(({ outcome }) => outcome),
            ["reported"],
        );
    });

    it("keeps a deactivation while it does not believe the gateways that come with it", async () => {
        await using stage = await openCalm({}, 0);
        await grantB(stage, 10);
        stage.zones.put({ ...zone("nzo1", [A]), status: "INACTIVE" });
        await stage.clock.pass(1500);
        stage.source.grants = [grant(A), grant(B), grant(C)];
        stage.reconciler.hint();
        await stage.clock.pass(0);
        assert.deepEqual([(await now(stage)).status, stage.zones.writes.at(-1)?.gateways], ["INACTIVE", [A, B, C]]);
        assert.deepEqual(stage.told("drift.found"), []);
    });

    it("goes by its own write, and not by a look that shows what was before it", async () => {
        await using stage = await openCalm({}, 0);
        stage.zones.fates.push({ staleReads: 9 });
        await grantB(stage, 900);
        stage.source.grants = [grant(A), grant(B), grant(C)];
        stage.reconciler.hint();
        await stage.clock.pass(90);
        await stage.clock.pass(20);
        assert.deepEqual(stage.told("drift.found"), []);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B, C]);
    });

    it("goes on with the other zones where one is gone", async () => {
        const zones = [zone("nzo1", [SENTINEL]), zone("nzo2", [SENTINEL])];
        await using stage = await openCalm({ zones });
        stage.zones.remove("nzo1");
        await grantB(stage);
        assert.deepEqual(
            stage.told("zone.lost").map(({ zone }) => zone),
            ["nzo1"],
        );
        assert.deepEqual(stage.zones.writes.at(-1), { zoneId: "nzo2", gateways: [A, B] });
    });

    const LOOKS: readonly (readonly [title: string, read: Stage["zones"]["read"]])[] = [
        ["fail", async () => fail("okta-unreachable", "GET /api/v1/zones/nzo1: 503")],
        [
            "are not answered",
            (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
        ],
    ];
    for (const [title, read] of LOOKS) {
        it(`removes an address when its grant ends, and one that is withdrawn, where looks ${title} and a write would not`, async () => {
            await using stage = await openCalm({ grants: [grant(A, 0.5), grant(B), grant(C)] });
            stage.zones.read = read;
            await stage.clock.pass(9000);
            await stage.clock.pass(2000);
            assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [B, C]);
            stage.source.grants = [grant(A, 0.5), grant(B)];
            stage.reconciler.hint();
            await stage.clock.pass(2000);
            await stage.clock.pass(2000);
            assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [B]);
        });
    }

    it("tries again where neither a look nor a write succeeds", async () => {
        await using stage = await openCalm();
        stage.zones.isDown = true;
        assert.deepEqual(await grantB(stage), ["read nzo1", "write nzo1"]);
        stage.zones.isDown = false;
        await stage.clock.pass(2000);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
    });

    it("does not look where requests are few, so that no removal waits for it", async () => {
        await using stage = await openCalm();
        stage.starve(60_000, ["look"]);
        assert.deepEqual(await grantB(stage), ["write nzo1"]);
    });

    it("ends without a write where it is stopped while it looks", async () => {
        await using stage = await openCalm();
        const { read } = stage.zones;
        stage.zones.read = async (...args) => {
            const zone = await read(...args);
            stage.stop.abort();
            return zone;
        };
        assert.deepEqual(await grantB(stage, 1000), ["read nzo1"]);
        await stage.ended;
    });
});
