import { strict as assert } from "node:assert";

import { SENTINEL } from "../../src/core/zone";
import { A, B, grant } from "../support/grants";
import { zone } from "../support/rounds";
import { openStage } from "./stage";

const MINUTE = 60_000;
const EMPTY = [zone("nzo1", [SENTINEL])];

/** What the chaos simulation found, each in the fewest steps. */
describe("keeper, and what it waits for", () => {
    it("sleeps until there is enough for whoever wants in, and lets whoever has to go out meanwhile", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 1)] });
        await stage.clock.pass(MINUTE - 3000);
        stage.starve(10_000, ["add", "look"]);
        stage.source.grants = [grant(A, 1), grant(B)];
        stage.keeper.wake();
        const rounds = stage.results.length;
        await stage.clock.pass(2999);
        assert.deepEqual(stage.results.slice(rounds), ["waiting"]);
        await stage.clock.pass(7001);
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[A], [B]],
        );
    });
});
