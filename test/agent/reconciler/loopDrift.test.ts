import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../../src/agent/events/events";
import { fail } from "../../../src/core/errors/errors";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, grant } from "../../support/grants";
import { zone } from "../../support/rounds";
import { openStage } from "./stage";

const MINUTE = 60_000;
const EMPTY = [zone("nzo1", [SENTINEL])];

describe("a reconciler of a zone that shows something else", () => {
    it("settles by reading what became of a write whose answer was lost", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        stage.zones.fates.push({ outcome: "unanswered" });
        await stage.clock.pass(MINUTE);
        assert.equal(stage.zones.writes.length, 1);
        assert.deepEqual(
            stage.told("write.settled").map(({ outcome }) => outcome),
            ["carried-out"],
        );
    });

    it("writes again what was lost on the way", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        stage.zones.fates.push({ outcome: "lost" });
        await stage.clock.pass(MINUTE);
        assert.deepEqual(
            stage.told("write.settled").map(({ outcome }) => outcome),
            ["not-carried-out"],
        );
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[A]],
        );
    });

    it("believes its write and not a read that shows the zone as it was a moment ago", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        stage.zones.fates.push({ staleReads: 3 });
        await stage.clock.pass(MINUTE);
        assert.equal(stage.zones.writes.length, 1);
        assert.deepEqual([stage.told("zone.verified").length, stage.told("drift.found").length], [1, 0]);
    });

    it("puts right within a minute what somebody else wrote", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        await stage.clock.pass(10_000);
        const signal = new AbortController().signal;
        await stage.zones.write(await stage.zones.read("nzo1", signal), [B], signal);
        await stage.clock.pass(MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
        assert.deepEqual(stage.told("drift.found"), [
            { type: "drift.found", zone: "nzo1", added: [B], removed: [A], outcome: "healed" },
        ]);
    });

    it("puts that right even if it cannot be written down when it is found", async () => {
        let failures = 0;
        const record = async ({ type }: AgentEvent) =>
            type === "drift.found" && failures++ === 0 ? fail("ledger-unwritable", "the disk is full") : undefined;
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)], more: { record } });
        await stage.clock.pass(10_000);
        const signal = new AbortController().signal;
        await stage.zones.write(await stage.zones.read("nzo1", signal), [B], signal);
        await stage.clock.pass(MINUTE);
        assert.deepEqual([failures, stage.zones.writes.at(-1)?.gateways], [1, [A]]);
    });

    it("puts that right even if the look at the next zone fails", async () => {
        const record = async ({ type }: AgentEvent) => {
            if (type === "drift.found") stage.zones.isDown = true;
        };
        const zones = [zone("nzo1", [A]), zone("nzo2", [SENTINEL])];
        await using stage = openStage({ zones, grants: [grant(A)], more: { record } });
        await stage.clock.pass(10_000);
        const signal = new AbortController().signal;
        await stage.zones.write(await stage.zones.read("nzo1", signal), [B], signal);
        for (const _ of ["doubtful", "drift"]) {
            stage.reconciler.suspect();
            await stage.clock.pass(100);
        }
        assert.equal(stage.zones.isDown, true);
        stage.zones.isDown = false;
        await stage.clock.pass(2 * MINUTE);
        assert.deepEqual(
            stage.zones.writes.map(({ zoneId, gateways }) => [zoneId, gateways]),
            [
                ["nzo1", [B]],
                ["nzo1", [A]],
            ],
        );
    });

    it("only reports what somebody else wrote where it is told so", async () => {
        const more = { drift: "report" as const };
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)], more });
        await stage.clock.pass(10_000);
        const signal = new AbortController().signal;
        await stage.zones.write(await stage.zones.read("nzo1", signal), [A, B], signal);
        await stage.clock.pass(5 * MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
        assert.equal(stage.told("drift.found").length, 1);
    });

    it("looks at once when somebody may have written", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        await stage.clock.pass(10_000);
        const signal = new AbortController().signal;
        await stage.zones.write(await stage.zones.read("nzo1", signal), [B], signal);
        stage.reconciler.suspect();
        await stage.clock.pass(300);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });
});
