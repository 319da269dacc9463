import { strict as assert } from "node:assert";

import { isLoopback } from "../../../src/core/addresses/loopback";

describe("isLoopback", () => {
    for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.8.0.255", "::1", "[::1]"]) {
        it(`says yes of ${host}`, () => assert.equal(isLoopback(host), true));
    }

    for (const host of [
        "",
        "0.0.0.0",
        "10.0.0.1",
        "127.0.0.256",
        "127.0.0.01",
        "127.1",
        "127.0.0.1:8080",
        "127.0.0.1.example.com",
        "1127.0.0.1",
        "localhost.example.com",
        "mylocalhost",
        "::2",
        "[::1",
        "::ffff:127.0.0.1",
    ]) {
        it(`says no of "${host}"`, () => assert.equal(isLoopback(host), false));
    }
});
