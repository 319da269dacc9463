import { strict as assert } from "node:assert";

import { type Postgres, startPostgres } from "./postgres";

describe("startPostgres", () => {
    let postgres: Postgres;

    before(async () => {
        postgres = await startPostgres();
    });
    after(() => postgres[Symbol.asyncDispose]());

    it("gives databases that know nothing of one another", async () => {
        const [one, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
        await postgres.query(one, "CREATE TABLE t AS SELECT 7 AS n");
        assert.deepEqual(await postgres.query(one, "SELECT n FROM t WHERE n = $1", [7]), [{ n: 7 }]);
        await assert.rejects(postgres.query(other, "SELECT n FROM t"), { code: "42P01" });
    });

    it("has the same data after it was stopped", async () => {
        const url = await postgres.createDatabase();
        await postgres.query(url, "CREATE TABLE t AS SELECT 7 AS n");
        await postgres.stop();
        await assert.rejects(postgres.query(url, "SELECT n FROM t"), { code: "ECONNREFUSED" });
        await postgres.start();
        assert.deepEqual(await postgres.query(url, "SELECT n FROM t"), [{ n: 7 }]);
    });
});
