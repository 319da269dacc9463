import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { callerOf, zoneBody } from "./caller";

describe("the emulator's own controls", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const control = async (method: string, path: string, body?: string) => {
        const response = await fetch(`${emulator.url}/emulator/${path}`, {
            method,
            ...(body !== undefined && { body }),
        });
        return { status: response.status, text: await response.text() };
    };
    beforeEach(async () => {
        emulator = await startEmulator({ idSeed: "same", now: () => 0, seed: { tokens: [{ value: "test-token" }] } });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    it("set a fault, without authorization and without counting as a request", async () => {
        assert.deepEqual(await control("POST", "faults", '{"do":{"status":503}}'), { status: 204, text: "" });
        assert.equal((await call("GET", "/api/v1/zones")).status, 503);
        assert.equal(emulator.requests.length, 1);
    });

    it("refuse a fault that is not usable, with a sentence", async () => {
        const refused = await control("POST", "faults", '{"do":{"status":"x"}}');
        assert.equal(refused.status, 400);
        assert.match(refused.text, /^\{"error":"the fault is not usable: do: /);
        assert.deepEqual(await control("POST", "faults", "{"), {
            status: 400,
            text: '{"error":"the fault is not JSON"}',
        });
    });

    it("show the requests and the history as they are in the process", async () => {
        await call("POST", "/api/v1/zones", zoneBody("Z", "1.2.3.4/32"));
        assert.equal((await control("GET", "requests")).text, JSON.stringify(emulator.requests));
        assert.equal((await control("GET", "history")).text, JSON.stringify(emulator.history));
        assert.deepEqual([emulator.requests.length, emulator.history.length], [1, 5]);
    });

    it("show the requests that the emulator does not know apart: paths and methods", async () => {
        const rows = [
            ["GET", "/api/v1/zones", 200],
            ["GET", "/api/v1/features?limit=1", 404],
            ["PATCH", "/api/v1/zones", 405],
            ["GET", "/api/v1/zones/nzoNone", 404],
            ["GET", "/admin/home", 404],
        ] as const;
        for (const [method, path, status] of rows) assert.equal((await call(method, path)).status, status);
        const listed = (text: string) =>
            JSON.parse(text).map(({ method, path }: { method: string; path: string }) => `${method} ${path}`);
        assert.deepEqual(listed((await control("GET", "requests/unknown")).text), [
            "GET /api/v1/features?limit=1",
            "PATCH /api/v1/zones",
            "GET /admin/home",
        ]);
        assert.equal(listed((await control("GET", "requests")).text).length, rows.length);
        await control("POST", "reset");
        assert.equal((await control("GET", "requests/unknown")).text, "[]");
    });

    it("put everything back to the beginning: zones and their ids, requests, history, faults and limits", async () => {
        const first = await call("POST", "/api/v1/zones", zoneBody("Z", "1.2.3.4/32"));
        const beginning = JSON.stringify(emulator.history.filter(({ cause }) => cause === "seed"));
        emulator.inject({ do: { status: 500 } });
        assert.equal((await control("POST", "reset")).status, 204);
        assert.deepEqual([emulator.requests, JSON.stringify(emulator.history)], [[], beginning]);
        const again = await call("POST", "/api/v1/zones", zoneBody("Z", "1.2.3.4/32"));
        assert.deepEqual([again.status, again.body], [200, first.body]);
        assert.equal(again.headers.get("x-rate-limit-remaining"), "599");
    });
});
