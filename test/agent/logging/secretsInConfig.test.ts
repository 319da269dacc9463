import { strict as assert } from "node:assert";

import { openRedaction } from "../../../src/agent/logging/secretsInConfig";

describe("redaction", () => {
    const env = { OKTA_API_TOKEN: "00okta-api-token", WEBHOOK: "whsec_c2VjcmV0LXNlY3JldA" };

    it("erases Okta's credentials of the environment, and the secrets of the configuration", () => {
        const { redact, learn } = openRedaction({ directory: "/nowhere", env });
        learn({ source: { type: "webhook", secret: ["env:WEBHOOK", "env:MISSING", "file:missing"] } });
        assert.equal(
            redact(`sent ${env.OKTA_API_TOKEN} and ${env.WEBHOOK} to env:WEBHOOK`),
            "sent [hidden] and [hidden] to env:WEBHOOK",
        );
    });

    it("knows no secret of a configuration that it has not seen", () => {
        assert.equal(openRedaction({ directory: "/nowhere", env }).redact(env.WEBHOOK), env.WEBHOOK);
    });
});
