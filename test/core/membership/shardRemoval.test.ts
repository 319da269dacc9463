import { strict as assert } from "node:assert";

import { judgeShardRemoval } from "../../../src/core/membership/shardRemoval";

const SENTINEL = "192.0.2.0/32";
const FIRST = { name: "Staff", gateways: ["203.0.113.0/24", "2001:db8::/32"] };

describe("judgeShardRemoval", () => {
    const FREE: readonly (readonly [what: string, gateways: readonly string[]])[] = [
        ["a shard with nobody in it", [SENTINEL]],
        ["entries that another shard holds as they are", ["203.0.113.0/24"]],
        ["entries that another shard holds within a wider one", ["203.0.113.7/32", "203.0.113.9-203.0.113.20"]],
        ["an entry that cannot be read and that another shard has too", ["2001:db8::/32"]],
    ];
    for (const [what, gateways] of FREE) {
        it(`lets go ${what}`, () => {
            assert.equal(judgeShardRemoval([{ name: "Staff 2", gateways }], [FIRST]), undefined);
        });
    }

    it("says whom it would put out, and how to go on", () => {
        const leaving = [
            { name: "Staff 2", gateways: ["203.0.113.7/32", "198.51.100.7/32"] },
            { name: "Staff 3", gateways: ["2001:db8:1::/48", SENTINEL] },
        ];
        assert.equal(
            judgeShardRemoval(leaving, [FIRST]),
            'taking zone "Staff 2", "Staff 3" away would put out 2 gateways that no other zone holds, such as ' +
                "198.51.100.7/32: take it out of the agent's zones first, so that the agent moves them; " +
                "if that is meant, add fewer-shards to zonekeeper:allow",
        );
    });

    it("counts one as one", () => {
        assert.match(judgeShardRemoval([FIRST, { name: "Empty", gateways: [] }], []) ?? "", /put out 2 gateways/);
        assert.match(judgeShardRemoval([{ ...FIRST, gateways: ["10.0.0.1/32"] }], []) ?? "", /put out 1 gateway that/);
    });
});
