import { strict as assert } from "node:assert";

import { systemClock } from "../../../src/clock";
import { oktaHttp } from "../../../src/okta/http";
import { httpSessions } from "../../../src/okta/sessions";
import { HEALTHY, openDoctorScene, USER } from "../../cli/doctor/scene";
import { call, TOKEN } from "../../cli/scene";
import { type Exchange, problemsIn } from "./description";
import { isKnown } from "./deviations";

/** Runs something, and returns every exchange that `fetch` carried meanwhile. */
async function recordFetch(run: () => Promise<unknown>): Promise<Exchange[]> {
    const original = globalThis.fetch;
    const exchanges: Exchange[] = [];
    globalThis.fetch = async (input, init = {}) => {
        const response = await original(input, init);
        const { pathname, search } = new URL(input instanceof Request ? input.url : input);
        const text = await response.clone().text();
        const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
        exchanges.push({
            method: init.method ?? "GET",
            path: pathname + search,
            body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
            status: response.status,
            answer: isJson ? JSON.parse(text) : text,
        });
        return response;
    };
    try {
        await run();
    } finally {
        globalThis.fetch = original;
    }
    return exchanges;
}

/** What each command asks Okta for, at least. */
const COMMANDS: readonly (readonly [title: string, flags: readonly string[], asks: readonly string[]])[] = [
    ["doctor", ["doctor", "--zone", "nzo1", "--source", "grants.yaml"], ["GET /api/v1/zones", "GET /api/v1/users/me"]],
    [
        "sync",
        ["sync", "--zone", "nzo1", "--source", "grants.yaml"],
        ["GET /api/v1/zones/nzo1", "PUT /api/v1/zones/nzo1"],
    ],
    ["adopt", ["adopt", "nzo1", "--source", "grants.yaml"], ["GET /api/v1/zones/nzo1"]],
    [
        "why",
        ["why", "ana@example.com", "--zone", "nzo1", "--source", "grants.yaml"],
        ["GET /api/v1/logs", "GET /api/v1/policies"],
    ],
    ["explain", ["explain", "--chain", "203.0.113.7", "--zone", "nzo1"], ["GET /api/v1/zones/nzo1"]],
];

describe("what the agent sends to end sessions, by Okta's description of its API", () => {
    it("names the user by id or login, and ends all of their sessions", async () => {
        await using scene = await openDoctorScene({ seed: HEALTHY });
        const connection = { orgUrl: scene.okta.url, credential: { kind: "api-token", apiToken: TOKEN } } as const;
        const exchanges = await recordFetch(async () => {
            const http = oktaHttp({ connection, fetch: (...asked) => globalThis.fetch(...asked), ...systemClock });
            const sessions = httpSessions(http);
            const { id } = await sessions.findUser("ana@example.com", AbortSignal.timeout(110_000));
            await sessions.clear(id, AbortSignal.timeout(110_000));
        });
        assert.deepEqual(
            exchanges.map(({ method, path, status }) => `${method} ${path.split("?")[0]} ${status}`),
            ["GET /api/v1/users/ana%40example.com 200", `DELETE /api/v1/users/${USER}/sessions 204`],
        );
        assert.deepEqual(
            exchanges.flatMap(problemsIn).filter((problem) => !isKnown(problem)),
            [],
        );
    });
});

describe("what Zonekeeper sends, by Okta's description of its API", () => {
    for (const [title, flags, asks] of COMMANDS) {
        it(title, async () => {
            const grants = JSON.stringify({ grants: [{ id: "a", ip: "203.0.113.8", permanent: true }] });
            await using scene = await openDoctorScene({ seed: HEALTHY, grants });
            const { directory, okta } = scene;
            const exchanges = await recordFetch(() =>
                call([...flags, "--okta", okta.url], { directory, env: { OKTA_API_TOKEN: TOKEN } }),
            );
            const asked = exchanges.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
            for (const ask of asks) assert.ok(asked.includes(ask), `${ask} is not among ${asked.join(", ")}`);
            const problems = exchanges.flatMap(problemsIn).filter((problem) => !isKnown(problem));
            assert.deepEqual([...new Set(problems)], []);
        });
    }
});
