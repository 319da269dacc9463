import { strict as assert } from "node:assert";

import { requireDatabaseUrl } from "../../../src/sources/postgres/connect";

describe("requireDatabaseUrl", () => {
    for (const text of ["postgres://db/app", "postgresql://db/app", "postgres:///app?host=/run"]) {
        it(`takes ${text}`, () => assert.equal(requireDatabaseUrl(text, "env:DATABASE_URL"), text));
    }
    for (const text of ["https://db/app", "postgres://[bad/app", "host=db password=s3cr3t", ""]) {
        it(`refuses "${text}", and does not repeat it`, () => {
            assert.throws(() => requireDatabaseUrl(text, "env:DATABASE_URL"), {
                code: "bad-input",
                message: "env:DATABASE_URL holds no URL such as postgres://user:password@host/database",
            });
        });
    }
});
