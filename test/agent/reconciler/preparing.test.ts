import { strict as assert } from "node:assert";

import { FEW_GRANTS, prepare } from "../../../src/agent/reconciler/preparing";
import { initialState } from "../../../src/agent/reconciler/state";
import type { Grant } from "../../../src/core/grants/grants";
import { watchTurns } from "../../sources/turns";
import { A, B, grant, NOW } from "../../support/grants";
import { remembered } from "../../support/remembered";
import { settingsWith } from "./machine";
import { openStage } from "./stage";

const NEVER = new AbortController().signal;
const settings = settingsWith();
const known = () => ({ settings, state: initialState(settings), nowMs: NOW });
const many = (count: number, address = B): Grant[] =>
    Array.from({ length: count }, (_, nth) => grant(address, 60, { id: `g-${nth}` }));

/** Many grants that count how often their ids are looked at. */
function counted(count: number) {
    let looks = 0;
    const grants = many(count, A).map(({ id, ...rest }) => ({
        ...rest,
        get id() {
            looks++;
            return id;
        },
    }));
    return { grants, looks: () => looks };
}

describe("preparing a reading", () => {
    it("lets one with few grants arrive at once", () => {
        assert.equal(prepare({ grants: many(FEW_GRANTS - 1), unusable: [] }, known, NEVER), undefined);
    });

    it("takes turns of the event loop for one with many", async () => {
        const { grants, looks } = counted(20_000);
        const turns = watchTurns(looks);
        await prepare({ grants, unusable: [] }, known, NEVER);
        const { longest } = turns.end();
        assert.ok(looks() >= 20_000 && longest <= looks() / 2, `${longest} of ${looks()} looks in one turn`);
    });

    it("ends with the signal's reason, and keeps nobody else waiting", async () => {
        const stop = new AbortController();
        const reason = new Error("told to stop");
        const cut = prepare({ grants: many(20_000), unusable: [] }, known, stop.signal);
        const other = prepare({ grants: many(5000), unusable: [] }, known, NEVER);
        stop.abort(reason);
        await assert.rejects(cut ?? assert.fail(), reason);
        assert.equal((await other)?.[0]?.changes.length, 5000);
    });

    it("finds made for another membership what one has made", async () => {
        const { grants, looks } = counted(5000);
        const [one, other] = [known, known].map((each) => prepare({ grants, unusable: [] }, each, NEVER));
        await one;
        const [first] = [looks()];
        await other;
        assert.ok(looks() - first < first, `${first} looks, and ${looks() - first} more`);
    });
});

describe("a reading with many grants", () => {
    for (const [what, stored] of [
        ["nothing", undefined],
        ["a grant", remembered([grant(A)])],
    ] as const) {
        it(`is handled in turns, each about a part of them, where ${what} is remembered`, async () => {
            const { grants, looks } = counted(50_000);
            const zones = [{ id: "nzo1", name: "Staff", gateways: [A] }];
            await using stage = openStage({ zones, grants, ...(stored && { stored }) });
            const turns = watchTurns(looks);
            while (stage.results.length === 0) await stage.clock.pass(1);
            const { longest } = turns.end();
            assert.ok(longest < 50_000 / 2, `${longest} of ${looks()} looks in one turn`);
        });
    }

    it("does not delay the end of a grant that is known", async () => {
        const ending = grant(A, 1, { id: "ending" });
        const zones = [{ id: "nzo1", name: "Staff", gateways: [A] }];
        await using stage = openStage({ zones, grants: [ending], stored: remembered([ending]) });
        await stage.clock.pass(1000);
        stage.source.grants = [ending, ...many(100_000)];
        stage.reconciler.hint();
        await stage.clock.pass(60_000);
        const isRead = stage.state().source.reading?.grants.length !== 1;
        assert.deepEqual([isRead, await gatewaysOf(stage)], [false, ["192.0.2.0/32"]]);
        while (stage.state().source.reading?.grants.length === 1) await new Promise(setImmediate);
        await stage.clock.pass(1000);
        assert.deepEqual(await gatewaysOf(stage), [B]);
    });
});

async function gatewaysOf({ zones }: ReturnType<typeof openStage>) {
    return (await zones.read("nzo1", NEVER)).gateways;
}
