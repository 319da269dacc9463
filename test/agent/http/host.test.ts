import { strict as assert } from "node:assert";

import { hostProblem } from "../../../src/agent/http/caller/host";

describe("hostProblem", () => {
    for (const good of ["localhost:9464", "LOCALHOST", "127.0.0.1:18080", "127.0.0.1", "[::1]:9464", "[::1]"]) {
        it(`takes ${good}`, () => assert.equal(hostProblem(good), undefined));
    }

    for (const bad of [
        "evil.example",
        "evil.example:9464",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "",
        "[::2]",
        "127.0.0.1@evil.example",
    ]) {
        it(`refuses "${bad}"`, () => {
            assert.equal(
                hostProblem(bad),
                `this agent answers to localhost and 127.0.0.1, not to "${bad}"; to publish it, see docs/guides/operations.md`,
            );
        });
    }

    it("refuses a request without the header", () => assert.match(hostProblem(undefined) ?? "", /not to ""/));
});
