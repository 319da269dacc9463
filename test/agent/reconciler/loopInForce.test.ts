import { strict as assert } from "node:assert";

import type { Grant } from "../../../src/core/grants/grants";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, grant, NOW } from "../../support/grants";
import { zone } from "../../support/rounds";
import { openStage } from "./stage";

const D = "198.51.100.5/32";

/** Ana is in by A. Bob comes in by B after six seconds, by time alone. */
const [ana, bob] = [grant(A, 60, { user: "ana" }), grant(B, 60, { user: "bob", startsAtMs: NOW + 6000 })];

describe("who a reconciler says may be inside, when the source says something else while a write is under way", () => {
    const table: readonly (readonly [title: string, next: readonly Grant[], settled: string, then: string])[] = [
        ["a grant is withdrawn that the write has let in", [ana], "ana bob", "ana"],
        ["a grant is withdrawn that was in before", [bob], "ana bob", "bob"],
        [
            "a grant goes to another user with another address",
            [{ ...grant(D), id: ana.id, user: "cyd" }, bob],
            "ana bob cyd",
            "bob cyd",
        ],
        ["a grant goes to another user at the same address", [{ ...ana, user: "cyd" }, bob], "ana bob cyd", "bob cyd"],
        ["a grant's end is moved into the past", [{ ...ana, expiresAtMs: 1 }, bob], "ana bob", "bob"],
        [
            "a grant's start is moved into the future",
            [{ ...ana, startsAtMs: Number.MAX_SAFE_INTEGER }, bob],
            "ana bob",
            "bob",
        ],
        ["a grant has another id", [{ ...ana, id: "other" }, bob], "ana bob", "ana bob"],
        ["somebody gets a grant", [ana, bob, grant(D, 60, { user: "eve" })], "ana bob eve", "ana bob eve"],
        ["nothing is granted any more", [], "ana bob", ""],
    ];
    for (const delay of ["Okta", "the ledger"] as const) {
        for (const [title, next, settled, then] of table) {
            it(`names ${settled}, and then ${then || "nobody"}, where ${title} while ${delay} takes its time`, async () => {
                await using stage = openStage({
                    zones: [zone("nzo1", [SENTINEL])],
                    grants: [ana, bob],
                    rules: { maxRemovals: "off" },
                    more: {
                        async record({ type }) {
                            if (delay === "the ledger" && type === "write.intended") await stage.clock.sleep(50, NEVER);
                        },
                    },
                });
                await stage.clock.pass(5990);
                const { zones, source, clock } = stage;
                const [read, write] = [source.read.bind(source), zones.write];
                // The read begins before bob's time, and ends in the middle of the write.
                source.read = (signal) => clock.sleep(30, signal).then(() => read(signal));
                zones.write = async (...args) => {
                    if (delay === "Okta") await clock.sleep(50, args[2]);
                    return write(...args);
                };
                const before = stage.inForce.length;
                source.grants = next;
                stage.reconciler.hint();
                await clock.pass(1000);
                const told = stage.inForce.slice(before).filter(({ state }) => state === "settled");
                const users = told.map(({ active }) => [...new Set(active.map(({ user }) => user))].sort().join(" "));
                assert.equal(users[0], settled);
                assert.equal(users.at(-1), then);
            });
        }
    }
});

describe("who a reconciler says may be inside, while a write waits for tokens", () => {
    it("names a user whose address another grant has let in already", async () => {
        await using stage = openStage({
            zones: [zone("nzo1", [SENTINEL])],
            grants: [ana],
            rules: { maxRemovals: "off" },
        });
        await stage.clock.pass(3000);
        stage.starve(60_000);
        const before = stage.inForce.length;
        stage.source.grants = [ana, grant(A, 60, { id: "g-cyd", user: "cyd" }), grant(D, 60, { user: "eve" })];
        stage.reconciler.hint();
        await stage.clock.pass(1000);
        const told = stage.inForce.slice(before).map(({ state, active }) => [state, ...active.map(({ user }) => user)]);
        assert.deepEqual(told.at(-1), ["expected", "ana", "cyd", "eve"]);
    });
});

const NEVER = new AbortController().signal;
