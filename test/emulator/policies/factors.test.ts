import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("a policy of the factors of Classic Engine", () => {
    for (const pipeline of ["v1", "idx"] as const) {
        it(`says of each factor what Okta fills in, in an org of ${pipeline}`, async () => {
            await using emulator = await startEmulator({ seed: { org: { pipeline } } });
            const call = callerOf(emulator);
            const factors = {
                google_otp: { enroll: { self: "REQUIRED" } },
                okta_email: { consent: { type: "TERMS_OF_SERVICE" } },
            };
            const body = { name: "F", type: "MFA_ENROLL", settings: { type: "FACTORS", factors } };
            const { body: policy } = await call("POST", "/api/v1/policies", body);
            assert.deepEqual(policy.settings, {
                type: "FACTORS",
                factors: {
                    google_otp: { enroll: { self: "REQUIRED" }, consent: { type: "NONE" } },
                    okta_email: { enroll: { self: "NOT_ALLOWED" }, consent: { type: "TERMS_OF_SERVICE" } },
                },
            });
            assert.deepEqual((await call("GET", `/api/v1/policies/${policy.id}`)).body.settings, policy.settings);
        });
    }
});
