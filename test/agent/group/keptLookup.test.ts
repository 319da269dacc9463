import { strict as assert } from "node:assert";

import { openUserLookup } from "../../../src/agent/group/userLookup";
import { coded } from "../../../src/core/errors/errors";
import type { OktaUser } from "../../../src/core/group/users";
import { virtualClock } from "../../support/virtualClock";

const BOB: OktaUser = { id: "00ubob", login: "bob@x", status: "ACTIVE" };
const CYD: OktaUser = { id: "00ucyd", login: "cyd@x", status: "ACTIVE" };
const KEPT = { state: "kept", id: "00ubob" };

/** A lookup with an Okta whose users may change, which remembers that bob@x is 00ubob. */
function open(users: readonly OktaUser[]) {
    const clock = virtualClock(0);
    const okta = { users, asked: [] as string[] };
    const stop = new AbortController();
    const lookup = openUserLookup({
        clock,
        onNews: () => {},
        store: {
            async findUser(name) {
                okta.asked.push(name);
                const found = okta.users.find(({ id, login }) => id === name || login === name);
                return found ?? Promise.reject(Object.assign(coded("okta-refused", "404"), { status: 404 }));
            },
        },
    });
    lookup.know({ "bob@x": "00ubob" });
    lookup.want(new Set(["bob@x", "cyd@x"]));
    const running = lookup.run(stop.signal);
    const stateOf = (key: string) => {
        const { state, id } = lookup.userOf(key);
        return { state, id };
    };
    return {
        ...{ lookup, clock, okta, stateOf },
        async [Symbol.asyncDispose]() {
            stop.abort();
            await running;
        },
    };
}

const renamed = { ...BOB, login: "robert@x" };
const successor = { ...CYD, login: "bob@x" };

describe("openUserLookup, where it is remembered who a login was", () => {
    const table: Readonly<
        Record<string, readonly [users: readonly OktaUser[], members: readonly OktaUser[], is: object]>
    > = {
        "has no answer about the login, and the user under another one": [[renamed], [], KEPT],
        "shows the credential neither of both, and the group has the user": [[], [renamed], KEPT],
        "gave the login to another user": [[renamed, successor], [renamed], KEPT],
        "gave the login to another user who is a member too": [[renamed, successor], [renamed, successor], KEPT],
        "suspended the user and renamed the login": [
            [{ ...renamed, status: "SUSPENDED" }],
            [renamed],
            { state: "refused", id: "00ubob" },
        ],
        "deleted the user": [[], [CYD], { state: "refused", id: undefined }],
        "deleted the user and gave the login to another": [[successor], [], { state: "found", id: "00ucyd" }],
        "deprovisioned the user and gave the login to another": [
            [{ ...renamed, status: "DEPROVISIONED" }, successor],
            [],
            { state: "found", id: "00ucyd" },
        ],
    };
    for (const [title, [users, members, is]] of Object.entries(table)) {
        it(`is right where Okta ${title}`, async () => {
            await using scene = open(users);
            assert.deepEqual(scene.stateOf("bob@x"), { state: "asked", id: "00ubob" });
            scene.lookup.learn(members);
            await scene.clock.pass(15_000);
            assert.deepEqual(scene.stateOf("bob@x"), is);
        });
    }

    it("deletes nobody before the members of the group were read", async () => {
        await using scene = open([]);
        await scene.clock.pass(15_000);
        assert.deepEqual(scene.stateOf("bob@x"), KEPT);
    });

    it("looks again within 10 s, and notices that a login is back", async () => {
        await using scene = open([renamed, successor]);
        await scene.clock.pass(5000);
        assert.deepEqual(scene.stateOf("bob@x"), KEPT);
        scene.okta.users = [BOB, CYD];
        await scene.clock.pass(10_000);
        assert.deepEqual(scene.stateOf("bob@x"), { state: "found", id: "00ubob" });
    });

    it("looks at once where the members show that a login has moved", async () => {
        await using scene = open([BOB, CYD]);
        await scene.clock.pass(0);
        scene.okta.users = [renamed, successor];
        scene.lookup.learn([renamed, successor]);
        await scene.clock.pass(0);
        assert.deepEqual(scene.stateOf("bob@x"), KEPT);
        assert.deepEqual(scene.okta.asked.slice(2).sort(), ["00ubob", "bob@x", "cyd@x"]);
    });

    it("takes what Okta says once no grant in effect remembers the login, and the other way round", async () => {
        await using scene = open([renamed, successor]);
        await scene.clock.pass(0);
        const before = scene.lookup.version();
        scene.lookup.know({});
        assert.deepEqual(scene.stateOf("bob@x"), { state: "found", id: "00ucyd" });
        scene.lookup.know({ "bob@x": "00ubob" });
        assert.deepEqual(scene.stateOf("bob@x"), KEPT);
        assert.equal(scene.lookup.version(), before + 2);
    });

    it("knows each user who is kept by both names, so that a denial of either counts", async () => {
        await using scene = open([renamed]);
        await scene.clock.pass(0);
        assert.deepEqual([...scene.lookup.namesOf("00ubob")].sort(), ["00ubob", "bob@x"]);
    });
});
