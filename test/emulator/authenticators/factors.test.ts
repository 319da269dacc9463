import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("the emulator's factors of an organisation", () => {
    let okta: Emulator;

    before(async () => {
        okta = await startEmulator();
    });
    after(() => okta.close());

    const call = (method: string, path: string) => callerOf(okta)(method, `/api/v1/org/factors${path}`);

    it("are listed, turned on and turned off", async () => {
        const { body } = await call("GET", "");
        const states = (body as { id: string; status: string }[]).map(({ id, status }) => [id, status]);
        assert.ok(states.length > 10);
        assert.deepEqual(
            states.find(([id]) => id === "okta_question"),
            ["okta_question", "INACTIVE"],
        );
        const on = await call("POST", "/okta_question/lifecycle/activate");
        assert.deepEqual([on.status, on.body.status, on.body.factorType], [200, "ACTIVE", "question"]);
        assert.equal((await call("GET", "/okta_question")).body._links.deactivate.hints.allow[0], "POST");
        assert.equal((await call("POST", "/okta_question/lifecycle/deactivate")).body.status, "INACTIVE");
        assert.equal((await call("GET", "/nothing")).status, 404);
    });
});
