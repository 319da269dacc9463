import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const PATH = "/api/v1/users/ana@example.com/factors";
const users = [{ id: "00u1", login: "ana@example.com" }];
const enrol = (question: string, answer = "meatball") => ({
    factorType: "question",
    provider: "OKTA",
    profile: { question, answer },
});

describe("a user's security question", () => {
    it("is enrolled, changed and removed, and its answer is never shown", async () => {
        await using emulator = await startEmulator({ seed: { users } });
        const call = callerOf(emulator);
        const [first, second] = (await call("GET", `${PATH}/questions`)).body;
        const { body } = await call("POST", PATH, enrol(first.question));
        assert.match(body.id, /^ufs/);
        assert.deepEqual(body.profile, first);
        assert.equal((await call("POST", PATH, enrol(second.question))).status, 400);
        const changed = await call("PUT", `${PATH}/${body.id}`, enrol(second.question));
        assert.deepEqual([changed.body.id, changed.body.profile], [body.id, second]);
        assert.deepEqual((await call("GET", PATH)).body, [changed.body]);
        assert.equal((await call("DELETE", `${PATH}/${body.id}`)).status, 204);
        assert.equal((await call("GET", `${PATH}/${body.id}`)).status, 404);
        assert.deepEqual((await call("GET", PATH)).body, []);
    });

    for (const [title, body] of [
        ["another factor", { factorType: "sms", provider: "OKTA", profile: { phoneNumber: "+1-555-0100" } }],
        ["an answer of three letters", enrol("disliked_food", "ham")],
        ["a question that there is not", enrol("favorite_zone")],
    ] as const) {
        it(`is refused with ${title}`, async () => {
            await using emulator = await startEmulator({ seed: { users } });
            assert.equal((await callerOf(emulator)("POST", PATH, body)).status, 400);
        });
    }

    it("needs the factor to be active on Classic Engine", async () => {
        await using emulator = await startEmulator({ seed: { users, org: { pipeline: "v1" } } });
        const call = callerOf(emulator);
        assert.equal((await call("POST", PATH, enrol("disliked_food"))).status, 400);
        await call("POST", "/api/v1/org/factors/okta_question/lifecycle/activate");
        assert.equal((await call("POST", PATH, enrol("disliked_food"))).status, 200);
    });
});
