import { strict as assert } from "node:assert";

import { type Members, openMembers, SPREAD_MS } from "../../../src/agent/group/members";
import type { OktaUser } from "../../../src/core/group/users";

const user = (id: string): OktaUser => ({ id, login: `${id}@example.com` });
const ids = (users: readonly OktaUser[] | undefined) => users?.map(({ id }) => id).sort();
const read = (members: Members, names: readonly string[], beganAtMs: number) => {
    const { added, removed } = members.read(names.map(user), beganAtMs);
    return { added: ids(added), removed: ids(removed) };
};

describe("openMembers", () => {
    it("knows nobody before the first read, and reports no drift at it", () => {
        const members = openMembers();
        assert.equal(members.all(), undefined);
        assert.deepEqual(read(members, ["ana"], 0), { added: [], removed: [] });
        assert.deepEqual(ids(members.all()), ["ana"]);
    });

    it("reports who is there or missing although the agent did not do it", () => {
        const members = openMembers();
        read(members, ["ana", "ben"], 0);
        assert.deepEqual(read(members, ["ana", "eva"], 1000), { added: ["eva"], removed: ["ben"] });
    });

    /** What the agent did at 0 ms, what a read says that began at a moment, and who counts as a member then. */
    const table: readonly (readonly [
        because: string,
        change: "add" | "remove",
        found: readonly string[],
        beganAtMs: number,
        members: readonly string[],
    ])[] = [
        ["a read that began before an addition may not show it", "add", ["ana"], -1, ["ana", "ben"]],
        ["Okta may not have spread an addition", "add", ["ana"], SPREAD_MS, ["ana", "ben"]],
        ["after the time to spread, a missing member is missing", "add", ["ana"], SPREAD_MS + 1, ["ana"]],
        ["a read that began before a removal may still show the member", "remove", ["ana", "ben"], -1, ["ana"]],
        ["Okta may not have spread a removal", "remove", ["ana", "ben"], SPREAD_MS, ["ana"]],
        [
            "after the time to spread, a member who is shown is one",
            "remove",
            ["ana", "ben"],
            SPREAD_MS + 1,
            ["ana", "ben"],
        ],
    ];
    for (const [because, change, found, beganAtMs, expected] of table) {
        it(`counts its own change where ${because}`, () => {
            const members = openMembers();
            read(members, change === "add" ? ["ana"] : ["ana", "ben"], -5000);
            members.changed(user("ben"), change, 0);
            read(members, found, beganAtMs);
            assert.deepEqual(ids(members.all()), expected);
        });
    }

    it("says when it put somebody in, until the user is out", () => {
        const members = openMembers();
        read(members, [], 0);
        members.changed(user("ana"), "add", 7000);
        assert.equal(members.acceptedAtMs("ana"), 7000);
        read(members, [], 7000 + SPREAD_MS + 1);
        assert.deepEqual([members.acceptedAtMs("ana"), members.has("ana")], [undefined, false]);
    });

    it("forgets everything when another agent may have led, its own changes too", () => {
        const members = openMembers();
        read(members, ["ana"], 0);
        members.changed(user("ben"), "add", 0);
        members.forget();
        assert.equal(members.all(), undefined);
        assert.deepEqual(read(members, ["eva"], 1), { added: [], removed: [] });
        assert.deepEqual(ids(members.all()), ["eva"]);
    });
});
