import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { methodsOf, ROUTES } from "../../../src/agent/http/routes";

const FOLDER = join(__dirname, "../../../src/agent/http");

/** Every call of fastify that registers a route, as "POST /api/confirm". */
function registered(): string[] {
    return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => readFileSync(join(FOLDER, name), "utf8"))
        .flatMap((text) =>
            [...text.matchAll(/\bapp\.(get|post|put|patch|delete|route|all)\b[^(]*\(\s*"([^"]+)"/g)].map(
                ([, method = "", path = ""]) => `${method.toUpperCase()} ${path}`,
            ),
        );
}

describe("the routes of the agent", () => {
    it("are listed exactly as they are registered", () => {
        assert.deepEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort(), registered().sort());
    });
});

describe("methodsOf", () => {
    for (const [path, methods] of [
        ["/", ["GET"]],
        ["/api/deny", ["GET", "POST"]],
        ["/api/deny/d1", ["DELETE"]],
        ["/api/deny/d1/x", []],
        ["/api/status/", []],
        ["/errors/ZK101", ["GET"]],
    ] as const) {
        it(`finds ${methods.join(" and ") || "none"} at ${path}`, () => assert.deepEqual(methodsOf(path), methods));
    }
});
