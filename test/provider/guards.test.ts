import { strict as assert } from "node:assert";
import { runtime } from "@pulumi/pulumi";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { deletionGuardProvider } from "../../src/provider/deletionGuard";
import { type Shards, shardsProvider } from "../../src/provider/shards";
import { worldAt } from "./worldAt";

const cidr = (value: string) => ({ type: "CIDR" as const, value });

describe("shardsProvider", () => {
    let okta: Emulator;
    let told: string[];
    const zones = [
        { id: "nzo1", name: "Staff", gateways: [cidr("203.0.113.7/32")] },
        { id: "nzo2", name: "Staff 2", gateways: [cidr("198.51.100.9/32")] },
        { id: "nzo3", name: "Staff 3", gateways: [cidr("192.0.2.0/32")] },
    ];
    before(async () => {
        okta = await startEmulator({ seed: { zones } });
    });
    after(() => okta.close());
    beforeEach(() => {
        told = [];
    });

    async function check(before: readonly string[], zoneIds: readonly string[], ...allow: string[]) {
        const provider = shardsProvider(() => worldAt(okta.url, told));
        await provider.configure({ config: { get: () => undefined, require: () => "" } });
        return provider.check({ zoneIds: before, allow: [] }, { zoneIds, allow });
    }

    const REFUSAL =
        'taking zone "Staff 2" away would put out 1 gateway that no other zone holds, such as 198.51.100.9/32: ' +
        "take it out of the agent's zones first, so that the agent moves them; if that is meant, add fewer-shards to zonekeeper:allow";

    it("does not delete a shard that holds a grant", async () => {
        const { failures } = await check(["nzo1", "nzo2", "nzo3"], ["nzo1", "nzo3"]);
        assert.deepEqual(failures, [{ property: "", reason: `${REFUSAL} [ZK002]` }]);
    });

    it("says it all the same where it is asked for by name", async () => {
        assert.equal((await check(["nzo1", "nzo2"], ["nzo1"], "fewer-shards")).failures, undefined);
        assert.deepEqual(told, [REFUSAL]);
    });

    it("deletes an empty one, and one that no longer exists", async () => {
        for (const before of [
            ["nzo1", "nzo3"],
            ["nzo1", "nzo9"],
        ]) {
            assert.equal((await check(before, ["nzo1"])).failures, undefined);
        }
    });

    it("asks nothing where there are as many, more, or not yet known ones", async () => {
        const from = okta.requests.length;
        await check(["nzo1"], ["nzo1", "nzo2"]);
        await check(["nzo1", "nzo2"], ["nzo2", "nzo1"]);
        await check(["nzo1", "nzo2"], ["nzo1", runtime.unknownValue]);
        assert.equal(okta.requests.length, from);
    });

    it("writes nothing, whatever becomes of it", async () => {
        const provider = shardsProvider(() => worldAt("http://127.0.0.1:1", told));
        const shards: Shards = { zoneIds: ["nzo1"], allow: [] };
        assert.deepEqual(await provider.create(shards), { id: "nzo1", outs: shards });
        assert.deepEqual(await provider.update("nzo1", shards, shards), { outs: shards });
        assert.deepEqual(await provider.read("nzo1", shards), { id: "nzo1", props: shards, inputs: shards });
        assert.deepEqual(await provider.diff("nzo1", shards, shards), { changes: false });
        assert.deepEqual(await provider.diff("nzo1", shards, { ...shards, allow: ["destroy"] }), { changes: true });
        await provider.delete("nzo1", shards);
    });
});

describe("deletionGuardProvider", () => {
    const SAYS = "deleting the policy lets everybody in";
    const deletionGuard = { says: SAYS, isGuarded: true, allow: [] as string[] };
    const told: string[] = [];
    const provider = deletionGuardProvider((text) => void told.push(text));

    it("says what the end means, and refuses it before it begins", async () => {
        const message = `${SAYS}; if that is meant, add destroy to zonekeeper:allow, run pulumi up, and then destroy [ZK002]`;
        await assert.rejects(provider.delete("destroy", deletionGuard), { message, stack: "" });
        assert.deepEqual(told, []);
    });

    it("says it all the same where it is asked for by name, and where nothing is guarded", async () => {
        await provider.delete("destroy", { ...deletionGuard, allow: ["remove-zone", "destroy"] });
        await provider.delete("destroy", { ...deletionGuard, isGuarded: false });
        assert.deepEqual(told, [SAYS, SAYS]);
    });

    it("is updated when what it would do changes, and else left alone", async () => {
        assert.deepEqual(await provider.diff("destroy", deletionGuard, { ...deletionGuard }), { changes: false });
        for (const news of [{ says: "other" }, { isGuarded: false }, { allow: ["destroy"] }]) {
            assert.deepEqual(await provider.diff("destroy", deletionGuard, { ...deletionGuard, ...news }), {
                changes: true,
            });
        }
    });
});
