import { strict as assert } from "node:assert";
import { fastify } from "fastify";

import { NO_SCHEMAS } from "../../../src/agent/http/noSchemas";

describe("a server without compilers of schemas", () => {
    it("answers routes that have none, and loads no compiler", async () => {
        const app = fastify({ logger: false, schemaController: NO_SCHEMAS });
        app.post("/", async ({ body }) => ({ got: body }));
        const answer = await app.inject({ method: "POST", url: "/", payload: { a: 1 } });
        assert.deepEqual([answer.statusCode, answer.json()], [200, { got: { a: 1 } }]);
        await app.close();
    });

    it("does not start with a route that has one, rather than ignore it", async () => {
        const app = fastify({ logger: false, schemaController: NO_SCHEMAS });
        app.post("/", { schema: { body: { type: "object" } } }, async () => ({}));
        await assert.rejects(async () => app.ready(), /a route has a schema, and nothing compiles it/);
    });
});
