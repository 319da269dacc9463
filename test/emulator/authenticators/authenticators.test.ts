import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("authenticators", () => {
    it("are those that a policy of type MFA_ENROLL names", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const { body } = await call("GET", "/api/v1/authenticators");
        const [policy] = (await call("GET", "/api/v1/policies?type=MFA_ENROLL")).body;
        const keys = (rows: { key: string }[]) => rows.map(({ key }) => key);
        assert.deepEqual(keys(body), keys(policy.settings.authenticators));
        assert.match(body[0].id, /^aut[0-9A-Za-z]{17}$/);
        assert.equal(new Set(body.map(({ id }: { id: string }) => id)).size, body.length);
    });
});
