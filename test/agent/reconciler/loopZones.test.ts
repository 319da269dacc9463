import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../../src/agent/events/events";
import { fail } from "../../../src/core/errors/errors";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, grant } from "../../support/grants";
import { zone } from "../../support/rounds";
import { openStage } from "./stage";

const MINUTE = 60_000;

describe("a reconciler of zones of which one is lost", () => {
    it("goes on with the other shards when one is gone", async () => {
        const seed = [zone("nzo1", [A]), zone("nzo2", [B])];
        await using stage = openStage({ zones: seed, grants: [grant(A, 3), grant(B, 60)] });
        await stage.clock.pass(10_000);
        stage.zones.remove("nzo2");
        await stage.clock.pass(3 * MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1), { zoneId: "nzo1", gateways: [B] });
        assert.deepEqual(
            stage.state().zones.map(({ state }) => state),
            ["sure", "gone"],
        );
        const why = "read nzo2: no such zone [ZK201]";
        assert.deepEqual(stage.told("zone.lost"), [{ type: "zone.lost", zone: "nzo2", code: "zone-missing", why }]);
    });

    it("goes on with the other shards when one is gone, even if that cannot be written down when it is found", async () => {
        let failures = 0;
        const record = async ({ type }: AgentEvent) =>
            type === "zone.lost" && failures++ === 0 ? fail("ledger-unwritable", "the disk is full") : undefined;
        const seed = [zone("nzo1", [A]), zone("nzo2", [B])];
        await using stage = openStage({ zones: seed, grants: [grant(A), grant(B)], more: { record } });
        await stage.clock.pass(10_000);
        stage.zones.remove("nzo2");
        await stage.clock.pass(MINUTE);
        assert.deepEqual([failures, stage.zones.writes.at(-1)], [1, { zoneId: "nzo1", gateways: [A, B] }]);
    });

    it("keeps a zone again that was gone, and says so", async () => {
        await using stage = openStage({ zones: [zone("nzo1", [A]), zone("nzo2", [B])], grants: [grant(A), grant(B)] });
        await stage.clock.pass(10_000);
        stage.zones.remove("nzo2");
        await stage.clock.pass(3 * MINUTE);
        stage.zones.put(zone("nzo2", [B]));
        await stage.clock.pass(2 * MINUTE);
        assert.deepEqual(stage.told("zone.found"), [{ type: "zone.found", zone: "nzo2" }]);
        assert.equal(stage.told("zone.lost").length, 1);
    });

    for (const [title, turned] of [
        ["deactivates it", { status: "INACTIVE" as const, usage: "POLICY" as const }],
        ["makes it a blocklist", { status: "ACTIVE" as const, usage: "BLOCKLIST" as const }],
    ] as const) {
        it(`says once that grants have no effect where another writer ${title}, and once that they have again`, async () => {
            await using stage = openStage({ zones: [zone("nzo1", [A])], grants: [grant(A)] });
            await stage.clock.pass(MINUTE);
            assert.deepEqual(stage.told("zone.ineffective"), []);
            stage.zones.put({ ...zone("nzo1", [A]), ...turned });
            await stage.clock.pass(5 * MINUTE);
            assert.deepEqual(stage.told("zone.ineffective"), [{ type: "zone.ineffective", zone: "nzo1", ...turned }]);
            stage.zones.put(zone("nzo1", [A]));
            await stage.clock.pass(5 * MINUTE);
            assert.deepEqual(stage.told("zone.effective"), [{ type: "zone.effective", zone: "nzo1" }]);
            assert.equal(stage.told("zone.ineffective").length, 1);
            assert.deepEqual(stage.zones.writes, []);
        });

        it(`says at its first look that grants have no effect where another writer ${title} before`, async () => {
            await using stage = openStage({ zones: [{ ...zone("nzo1", [A]), ...turned }], grants: [grant(A)] });
            await stage.clock.pass(5 * MINUTE);
            assert.deepEqual(stage.told("zone.ineffective"), [{ type: "zone.ineffective", zone: "nzo1", ...turned }]);
        });
    }

    it("goes on with the other shards when one went before the start that an earlier process saw", async () => {
        const [first, second] = [zone("nzo1", [A]), zone("nzo2", [B])];
        const seen = { has: async (id: string) => id === "nzo2", add: async () => {} };
        const grants = [grant(A), grant(B)];
        await using stage = openStage({ zones: [first, second], grants, more: { seen } });
        stage.zones.remove("nzo2");
        await stage.clock.pass(10_000);
        assert.deepEqual(stage.zones.writes, [{ zoneId: "nzo1", gateways: [A, B] }]);
        assert.deepEqual(
            stage.state().zones.map(({ state, problem }) => [state, problem]),
            [
                ["sure", undefined],
                ["gone", "read nzo2: no such zone [ZK201]"],
            ],
        );
    });

    it("remembers each zone that it sees, for the next process", async () => {
        const added: string[] = [];
        const seen = { has: async () => false, add: async (id: string) => void added.push(id) };
        await using stage = openStage({ zones: [zone("nzo1", [A]), zone("nzo2", [B])], more: { seen } });
        await stage.clock.pass(0);
        assert.deepEqual(added, ["nzo1", "nzo2"]);
    });

    it("ends who is in another zone, though Okta refuses to write one, and asks that one again after a second", async () => {
        const zones = [zone("nzo1", [A]), zone("nzo2", [B])];
        await using stage = openStage({ zones, grants: [grant(A, 1), grant(B, 1)] });
        await stage.clock.pass(10_000);
        stage.zones.fates.push({ outcome: "refused" });
        await stage.clock.pass(MINUTE - 10_000);
        assert.deepEqual(stage.zones.writes, [{ zoneId: "nzo2", gateways: [SENTINEL] }]);
        assert.equal(stage.state().timing.lastError?.code, "okta-refused");
        await stage.clock.pass(1000);
        assert.deepEqual(stage.zones.writes.slice(1), [{ zoneId: "nzo1", gateways: [SENTINEL] }]);
        assert.equal(stage.state().timing.lastError, undefined);
    });
});
