import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const user = (id: string, department: string) => {
    const login = `${id}@example.com`;
    return { id, login, profile: { login, email: login, firstName: "F", lastName: "L", department } };
};

/** An organization in which an active rule puts the people of Sales into 00g1. */
async function prepared(...groups: readonly { id: string; name: string; members?: string[] }[]) {
    const users = [user("00ua", "Sales"), user("00ub", "IT")];
    const emulator = await startEmulator({ seed: { users, groups: [{ id: "00g1", name: "Staff" }, ...groups] } });
    const call = callerOf(emulator);
    const addRule = async (value: string, groupId: string, more: object = {}) => {
        const { body } = await call("POST", "/api/v1/groups/rules", {
            type: "group_rule",
            name: `${value.slice(0, 30)} ${groupId}`,
            conditions: { expression: { type: "urn:okta:expression:1.0", value }, ...more },
            actions: { assignUserToGroups: { groupIds: [groupId] } },
        });
        await call("POST", `/api/v1/groups/rules/${body.id}/lifecycle/activate`);
        return `/api/v1/groups/rules/${body.id}`;
    };
    const members = async (id = "00g1") =>
        (await call("GET", `/api/v1/groups/${id}/users`)).body.map((each: { id: string }) => each.id);
    const rule = await addRule('user.department=="Sales"', "00g1");
    return { emulator, call, addRule, members, rule };
}

const move = (department: string) => ({ profile: { department } });

describe("an active group rule", () => {
    it("follows a profile that changes, in and out", async () => {
        const { emulator, call, members } = await prepared();
        await using _ = emulator;
        assert.deepEqual(await members(), ["00ua"]);
        await call("POST", "/api/v1/users/00ub", move("Sales"));
        assert.deepEqual(await members(), ["00ua", "00ub"]);
        await call("POST", "/api/v1/users/00ua", move("Legal"));
        assert.deepEqual(await members(), ["00ub"]);
    });

    it("puts in a new user, and takes out one that is deactivated", async () => {
        const { emulator, call, members } = await prepared();
        await using _ = emulator;
        const { profile } = user("new", "Sales");
        const { body } = await call("POST", "/api/v1/users?activate=true", { profile });
        assert.deepEqual(await members(), ["00ua", body.id]);
        await call("POST", "/api/v1/users/00ua/lifecycle/deactivate");
        assert.deepEqual(await members(), [body.id]);
    });

    it("keeps whom somebody put in by hand", async () => {
        const { emulator, call, members } = await prepared();
        await using _ = emulator;
        await call("PUT", "/api/v1/groups/00g1/users/00ub");
        await call("POST", "/api/v1/users/00ub", move("Sales"));
        await call("POST", "/api/v1/users/00ub", move("Legal"));
        assert.deepEqual(await members(), ["00ua", "00ub"]);
    });

    it("keeps whom another rule puts in", async () => {
        const { emulator, call, members, addRule } = await prepared();
        await using _ = emulator;
        await addRule('String.startsWith(user.login, "00ua")', "00g1");
        await call("POST", "/api/v1/users/00ua", move("Legal"));
        assert.deepEqual(await members(), ["00ua"]);
    });

    it("no longer puts in whom somebody took out by hand", async () => {
        const { emulator, call, members, rule } = await prepared();
        await using _ = emulator;
        await call("DELETE", "/api/v1/groups/00g1/users/00ua");
        assert.deepEqual(await members(), []);
        await call("POST", "/api/v1/users/00ua", { profile: { city: "Rome" } });
        assert.deepEqual(await members(), []);
        assert.deepEqual((await call("GET", rule)).body.conditions.people.users.exclude, ["00ua"]);
    });

    it("follows the groups that it asks for, also those of another rule", async () => {
        const { emulator, call, members, addRule } = await prepared({ id: "00g2", name: "VPN" });
        await using _ = emulator;
        await addRule('isMemberOfAnyGroup("00g1")', "00g2");
        assert.deepEqual(await members("00g2"), ["00ua"]);
        await call("PUT", "/api/v1/groups/00g1/users/00ub");
        assert.deepEqual(await members("00g2"), ["00ua", "00ub"]);
        await call("POST", "/api/v1/users/00ua", move("Legal"));
        assert.deepEqual(await members("00g2"), ["00ub"]);
    });

    it("does nothing once it is inactive", async () => {
        const { emulator, call, members, rule } = await prepared();
        await using _ = emulator;
        await call("POST", `${rule}/lifecycle/deactivate`);
        await call("POST", "/api/v1/users/00ub", move("Sales"));
        await call("POST", "/api/v1/users/00ua", move("Legal"));
        assert.deepEqual(await members(), ["00ua"]);
    });
});

describe("a group rule that is deleted with its users", () => {
    it("takes out whom it put in, and nobody else", async () => {
        const { emulator, call, members, rule } = await prepared();
        await using _ = emulator;
        await call("PUT", "/api/v1/groups/00g1/users/00ub");
        await call("POST", "/api/v1/users/00ub", move("Sales"));
        await call("POST", `${rule}/lifecycle/deactivate`);
        await call("DELETE", `${rule}?removeUsers=true`);
        assert.deepEqual(await members(), ["00ub"]);
    });
});
