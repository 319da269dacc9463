import { strict as assert } from "node:assert";

import { type GroupDryRunOptions, openGroupDryRun } from "../../../src/agent/group/groupDryRun";
import { barredBy, type Denial } from "../../../src/core/membership/denials";
import { parseRules } from "../../../src/core/membership/rules";
import type { GroupStore } from "../../../src/okta/groups";
import { A, grant, NOW } from "../../support/grants";

const USERS = [
    { id: "00uana", login: "ana@example.com", status: "ACTIVE" },
    { id: "00ubo", login: "bo@example.com", status: "ACTIVE" },
];

const store = {
    facts: async () => ({ name: "Admitted", type: "OKTA_GROUP", apps: [], roles: [], rules: [] }),
    members: async () => [],
    findUser: async (name: string) =>
        USERS.find(({ id, login }) => [id, login, login.replace(/@.*/, "")].includes(name)) ?? assert.fail(name),
} as unknown as GroupStore;

const settings: GroupDryRunOptions["settings"] = {
    group: "00g1",
    rules: parseRules({}),
    firstContact: "hold",
    drift: "heal",
    ruleGroups: [],
};

async function bound(granted: string, denied: string, remembered = granted) {
    const dry = await openGroupDryRun({
        ...{ settings, store, clock: { now: () => NOW }, signal: AbortSignal.timeout(60_000) },
        file: { read: async () => undefined as never },
    });
    const reading = { grants: [grant(A, 60, { id: "g-1", user: granted })], unusable: [] };
    const denial: Denial = { id: "d1", user: denied, reason: "stolen", by: "mia", atMs: 0 };
    const before = [grant(A, 60, { id: "g-0", user: remembered })];
    const result = await dry.bind(
        { name: "test", read: async () => reading },
        { denials: [denial], remembered: before },
    );
    return { ...result, grants: (await result.source.read(new AbortController().signal)).grants };
}

describe("openGroupDryRun", () => {
    const table: [denied: string, granted: string, isBarred: boolean][] = [
        ["00uana", "ana@example.com", true],
        ["ana@example.com", "00uana", true],
        ["00uana", "ana", true],
        ["ana", "00uana", true],
        ["00ubo", "ana@example.com", false],
    ];
    for (const [denied, granted, isBarred] of table) {
        it(`${isBarred ? "bars" : "does not bar"} a grant of ${granted} where ${denied} is denied, as the agent`, async () => {
            const { denials, grants } = await bound(granted, denied);
            assert.deepEqual(
                grants.map((each) => barredBy(denials)(each)?.id),
                [isBarred ? "d1" : undefined],
            );
        });
    }

    it("takes a user who was remembered by the login and is granted by the id for one user, whom the brake counts", async () => {
        const { idOfUser, isBound } = await bound("00uana", "00ubo", "ana@example.com");
        assert.equal(idOfUser("Ana@Example.com"), "00uana");
        assert.equal(idOfUser("00uana"), "00uana");
        assert.equal(isBound, true);
    });
});
