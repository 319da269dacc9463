import { strict as assert } from "node:assert";
import fc from "fast-check";

import { type Held, victimIn } from "../../../src/agent/http/limits/connections";

/** `a:waiting` is a connection of the peer a. */
const heldOf = (texts: readonly string[]) =>
    texts.map((text): Held => {
        const [peer = "", state] = text.split(":");
        return { peer, state: state as Held["state"] };
    });

const ROWS: readonly (readonly [held: readonly string[], victim: number, because: string])[] = [
    [[], -1, "there is none"],
    [["a:waiting", "a:waiting"], 0, "it is the oldest in its state"],
    [["a:answering", "a:receiving"], 1, "an answer that is under way is worth more"],
    [["a:receiving", "a:waiting"], 0, "half a body is worth no more than half a head"],
    [["a:waiting", "b:waiting", "b:waiting"], 1, "its peer has the most connections"],
    [
        ["a:waiting", "b:answering", "b:answering"],
        0,
        "a connection that is being answered stays, however many there are",
    ],
    [["a:answering", "b:answering", "b:answering"], 1, "there are only answers, and its peer has the most"],
];

describe("victimIn", () => {
    for (const [held, victim, because] of ROWS) {
        it(`chooses ${victim} of ${held.join(", ") || "none"}, as ${because}`, () => {
            assert.equal(victimIn(heldOf(held)), victim);
        });
    }

    it("chooses only among the given ones", () => {
        const held = heldOf(["a:waiting", "b:answering", "a:waiting"]);
        assert.equal(
            victimIn(held, ({ peer }) => peer === "b"),
            1,
        );
        assert.equal(
            victimIn(held, ({ peer }) => peer === "c"),
            -1,
        );
    });

    it("never takes a peer's only unfinished connection while another peer has more of them", () => {
        const any = fc.record({
            peer: fc.constantFrom("a", "b", "c"),
            state: fc.constantFrom<Held["state"]>("waiting", "receiving", "answering"),
        });
        fc.assert(
            fc.property(fc.array(any, { minLength: 1, maxLength: 30 }), (held) => {
                const victim = held[victimIn(held)];
                assert.ok(victim !== undefined);
                const unfinished = held.filter(({ state }) => state !== "answering");
                if (unfinished.length === 0) return;
                assert.notEqual(victim.state, "answering");
                const count = (peer: string) => held.filter((each) => each.peer === peer).length;
                assert.ok(unfinished.every(({ peer }) => count(peer) <= count(victim.peer)));
            }),
        );
    });
});
