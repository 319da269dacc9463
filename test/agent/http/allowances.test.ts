import { strict as assert } from "node:assert";
import fc from "fast-check";

import { openAllowances, openPeerAllowance } from "../../../src/agent/http/limits/allowances";

describe("openPeerAllowance", () => {
    const sizes = { perPeer: { burst: 2, perSecond: 1 }, overall: { burst: 3, perSecond: 1 } };

    it("bounds each peer, and all of them", () => {
        const { take } = openPeerAllowance({ ...sizes, now: () => 0 });
        assert.deepEqual([take("a"), take("a"), take("a")], [undefined, undefined, 1]);
        assert.deepEqual([take("b"), take("b")], [undefined, 1]);
    });

    it("lets a peer that has used up its own draw nothing from that of all", () => {
        const { take } = openPeerAllowance({ ...sizes, now: () => 0 });
        for (let count = 0; count < 100; count += 1) take("a");
        assert.equal(take("b"), undefined);
    });

    it("remembers so many peers only", () => {
        const { take } = openPeerAllowance({
            ...sizes,
            overall: { burst: 1e6, perSecond: 1 },
            mostPeers: 2,
            now: () => 0,
        });
        for (const peer of ["a", "a", "b", "c"]) take(peer);
        assert.deepEqual([take("a"), take("c"), take("c")], [undefined, undefined, 1]);
    });

    it("never gives a peer more than its burst and what time has filled", () => {
        fc.assert(
            fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat(900)), { maxLength: 60 }), (asks) => {
                let nowMs = 0;
                const given = new Map([
                    ["a", 0],
                    ["b", 0],
                ]);
                const { take } = openPeerAllowance({ ...sizes, now: () => nowMs });
                for (const [peer, pause] of asks) {
                    nowMs += pause;
                    if (take(peer) === undefined) given.set(peer, (given.get(peer) ?? 0) + 1);
                    for (const count of given.values()) assert.ok(count <= 2 + nowMs / 1000 + 1e-9);
                    const [a = 0, b = 0] = given.values();
                    assert.ok(a + b <= 3 + nowMs / 1000 + 1e-9);
                }
            }),
        );
    });
});

describe("openAllowances", () => {
    it("gives unsigned deliveries and callers without a token no other allowance", () => {
        const { take } = openAllowances(() => 0);
        for (let count = 0; count < 1000; count += 1) {
            take("unsigned", `peer ${count}`);
            take("strangers", `peer ${count}`);
        }
        assert.ok((take("unsigned", "new") ?? 0) > 0);
        const others = ["reads", "metrics", "signed", "repeated", "changes", "denials"] as const;
        assert.deepEqual(
            others.map((name) => take(name, "new")),
            others.map(() => undefined),
        );
    });
});
