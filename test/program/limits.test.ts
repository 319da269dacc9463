import { strict as assert } from "node:assert";

import { openStack, permanent, type TestStack } from "../support/stacks";

/** Addresses no two of which are neighbours. */
const lone = (count: number) => Array.from({ length: count }, (_, index) => `11.0.${index >> 7}.${(index & 127) * 2}`);

describe("the limits of a deployment", () => {
    let stack: TestStack;

    before(async () => {
        stack = await openStack("rehearsal");
    });
    after(async () => stack?.[Symbol.asyncDispose]());
    afterEach(() => stack.okta.mend());

    const live = () => stack.okta.history.at(-1)?.gateways ?? [];
    const writes = () =>
        stack.okta.requests.filter(({ method, path }) => method === "PUT" && path.includes("/zones/")).length;

    it("fills a zone, and refuses further grants by name", async () => {
        await stack.grant(...lone(152).map(permanent));
        const { outputs } = await stack.succeed("up");
        assert.equal(live().length, 150);
        const reason = "no room: the zone is full with 150 entries; add a shard or end another grant";
        assert.deepEqual(
            outputs.refused,
            lone(152)
                .slice(150)
                .map((ip) => ({ id: `grant of ${ip}`, reason })),
        );
    });

    it("makes room with another shard, and moves nobody", async () => {
        const before = live();
        const { outputs } = await stack.succeed("up", { shards: "2" });
        const [first, second] = outputs.gateways as string[][];
        assert.deepEqual([first, second?.length, outputs.refused], [before, 2, []]);
    });

    it("takes no shard away whose entries would have no room", async () => {
        const states = stack.okta.history.length;
        const { problems } = await stack.deploy("up");
        const sentence =
            "one zone has no room for 2 of the active grants, such as grant of 11.0.1.44: keep as many shards as before";
        assert.match(problems.join("\n"), new RegExp(sentence));
        assert.deepEqual(stack.okta.history.slice(states), []);
    });

    it("holds a change that removes too many, until it is confirmed", async () => {
        await stack.grant(permanent("11.0.0.0"));
        const held = await stack.succeed("up", { shards: "2", maxRemovals: "50%" });
        assert.deepEqual(
            [(held.outputs.gateways as string[][])[0]?.length, (held.outputs.refused as object[]).length],
            [150, 151],
        );
        const done = await stack.succeed("up", { shards: "2", maxRemovals: "50%", confirmRemovals: "true" });
        assert.deepEqual(done.outputs.gateways, [["11.0.0.0/32"], ["192.0.2.0/32"]]);
    });

    it("reports what cannot be used, and takes the rest", async () => {
        await stack.grant(permanent("11.0.0.0"), { id: "slip", ip: "11.0.0.300", permanent: true });
        const { outputs } = await stack.succeed("up", { shards: "2" });
        const reason = '"11.0.0.300" is not an IPv4 address, CIDR or range';
        assert.deepEqual(outputs.unusable, [{ id: "slip", field: "ip", reason }]);
        assert.deepEqual(outputs.gateways, [["11.0.0.0/32"], ["192.0.2.0/32"]]);
    });

    it("settles a lost answer by reading, without another write", async () => {
        await stack.grant(permanent("11.0.0.2"));
        const before = writes();
        stack.okta.inject({ on: { method: "PUT", path: "/zones/" }, do: { loseResponse: true } });
        await stack.succeed("up", { shards: "2" });
        assert.deepEqual([live(), writes() - before], [["11.0.0.2/32"], 1]);
    });

    it("waits for the rate limit, and goes on", async () => {
        await stack.grant(permanent("11.0.0.4"));
        stack.okta.inject({ on: { method: "PUT", path: "/zones/" }, do: { throttle: { resetInSeconds: 1 } } });
        await stack.succeed("up", { shards: "2" });
        assert.deepEqual(live(), ["11.0.0.4/32"]);
    });
});
