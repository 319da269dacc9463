import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import type { Fault } from "../../../emulator/faults/faults";
import { callerOf, zoneBody } from "../caller";

const gateways = [{ type: "CIDR" as const, value: "1.2.3.0/24" }];
const path = "/api/v1/zones/nzo1";

describe("faults", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const clock = { ms: 1_000_000 };
    const valuesIn = (body: { gateways: { value: string }[] }) => body.gateways.map(({ value }) => value);
    const kept = () => emulator.history.at(-1)?.gateways;
    beforeEach(async () => {
        emulator = await startEmulator({ now: () => clock.ms, seed: { zones: [{ id: "nzo1", name: "Z", gateways }] } });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    it("answer with a status and Okta's error for it, once, without carrying the request out", async () => {
        emulator.inject({ on: { method: "PUT" }, do: { status: 500 } });
        const put = () => call("PUT", path, zoneBody("Z", "9.9.9.9/32"));
        const { status, body } = await put();
        assert.deepEqual([status, body.errorCode, kept()], [500, "E0000009", ["1.2.3.0/24"]]);
        assert.equal((await put()).status, 200);
        assert.deepEqual(
            emulator.requests.map(({ status, body }) => [status, body]),
            [500, 200].map((code) => [code, zoneBody("Z", "9.9.9.9/32")]),
        );
    });

    const errors: [status: number, code: string][] = [
        [401, "E0000011"],
        [403, "E0000006"],
        [404, "E0000007"],
        [423, "E0000239"],
        [503, "E0000009"],
    ];
    for (const [status, code] of errors) {
        it(`answer ${status} with ${code} where they have no body of their own`, async () => {
            emulator.inject({ do: { status } });
            const { status: answered, body } = await call("GET", path);
            assert.deepEqual([answered, body.errorCode], [status, code]);
        });
    }

    it("answer with their own body and headers", async () => {
        emulator.inject({ do: { status: 418, body: { a: 1 }, headers: { "retry-after": "7" } } });
        const { status, body, headers } = await call("GET", path);
        assert.deepEqual([status, body, headers.get("retry-after")], [418, { a: 1 }, "7"]);
    });

    it("say another time than it is, and carry the request out", async () => {
        emulator.inject({ times: 2, do: { dateSkewMs: -3_600_000 } });
        const dates: string[] = [];
        for (const zone of ["9.9.9.9/32", "8.8.8.8/32", "7.7.7.7/32"]) {
            const { headers } = await call("PUT", path, zoneBody("Z", zone));
            dates.push(headers.get("date") ?? "");
        }
        assert.deepEqual(
            dates.map((date) => Date.parse(date) - clock.ms),
            [-3_600_000, -3_600_000, 0],
        );
        assert.deepEqual(kept(), ["7.7.7.7/32"]);
    });

    it("put headers on an answer and take them off, the Date too", async () => {
        emulator.inject({ do: { headers: { age: "30", date: null, "x-okta-request-id": null } } });
        const { headers, status } = await call("GET", path);
        const seen = ["age", "date", "x-okta-request-id"].map((name) => headers.get(name));
        assert.deepEqual([status, seen], [200, ["30", null, null]]);
        assert.notEqual((await call("GET", path)).headers.get("date"), null);
    });

    it("throttle with the reset they say, counted from the emulator's clock", async () => {
        emulator.inject({ do: { throttle: { resetInSeconds: 8 } } });
        const { status, body, headers } = await call("GET", path);
        const said = ["limit", "remaining", "reset"].map((name) => headers.get(`x-rate-limit-${name}`));
        assert.deepEqual(
            [status, body.errorCode, said, headers.get("retry-after")],
            [429, "E0000047", ["600", "0", "1008"], null],
        );
    });

    it("cut the connection before anything is done", async () => {
        emulator.inject({ on: { method: "PUT" }, do: { drop: true } });
        await assert.rejects(call("PUT", path, zoneBody("Z", "9.9.9.9/32")), /fetch failed/);
        assert.deepEqual([kept(), emulator.requests.at(-1)?.status], [["1.2.3.0/24"], 0]);
    });

    it("cut the connection after the write was carried out", async () => {
        emulator.inject({ on: { method: "PUT" }, do: { loseResponse: true } });
        await assert.rejects(call("PUT", path, zoneBody("Z", "9.9.9.9/32")), /fetch failed/);
        assert.deepEqual([kept(), emulator.requests.at(-1)?.status], [["9.9.9.9/32"], 0]);
    });

    it("delay a request that is then carried out", async () => {
        emulator.inject({ on: { method: "PUT" }, do: { delayMs: 1 } });
        assert.equal((await call("PUT", path, zoneBody("Z", "9.9.9.9/32"))).status, 200);
        assert.deepEqual(kept(), ["9.9.9.9/32"]);
    });

    it("do not keep a closing emulator waiting", async () => {
        emulator.inject({ do: { delayMs: 3_600_000 } });
        const waiting = assert.rejects(call("GET", path));
        while (emulator.requests.length === 0) await new Promise(setImmediate);
        await emulator.close();
        await waiting;
    });

    it("show the zone as it was to as many reads as they say", async () => {
        emulator.inject({ on: { method: "PUT" }, do: { staleReads: 2 } });
        const put = await call("PUT", path, zoneBody("Z", "9.9.9.9/32"));
        assert.deepEqual(valuesIn(put.body), ["9.9.9.9/32"]);
        const reads = [];
        for (const _ of [1, 2, 3]) reads.push(valuesIn((await call("GET", path)).body));
        assert.deepEqual(reads, [["1.2.3.0/24"], ["1.2.3.0/24"], ["9.9.9.9/32"]]);
    });

    for (const [fault, status] of [
        [{ html: true }, 200],
        [{ html: true, status: 502 }, 502],
    ] as const) {
        it(`answer with a page of HTML and ${status}`, async () => {
            emulator.inject({ do: fault });
            const { status: answered, body, headers } = await call("GET", path);
            assert.deepEqual([answered, headers.get("content-type")], [status, "text/html;charset=utf-8"]);
            assert.match(body, /^<!DOCTYPE html>/);
        });
    }

    it("let another writer write right after a read or a write, before its answer leaves", async () => {
        const theirs = { gateways: [{ type: "CIDR", value: "6.6.6.6/32" }] };
        for (const method of ["GET", "PUT"]) {
            emulator.inject({ on: { method }, do: { foreignWrite: theirs } });
            const answer = await call(method, path, method === "PUT" ? zoneBody("Z", "9.9.9.9/32") : undefined);
            assert.deepEqual(valuesIn(answer.body), [method === "PUT" ? "9.9.9.9/32" : "1.2.3.0/24"]);
            assert.deepEqual([kept(), emulator.history.at(-1)?.cause], [["6.6.6.6/32"], "foreign write"]);
        }
        emulator.inject({ on: { path: "users/me" }, do: { foreignWrite: { name: "Theirs" }, zoneId: "nzo1" } });
        await call("GET", "/api/v1/users/me");
        assert.equal(emulator.org.zones.get("nzo1")?.name, "Theirs");
    });

    it("wait for their method and path, skip as many as they say, and strike as often as they say", async () => {
        emulator.inject({ on: { method: "GET", path: "nzo1" }, skip: 1, times: 2, do: { status: 503 } });
        const statuses = [];
        for (const [method, where] of [
            ["GET", "/api/v1/zones"],
            ["GET", path],
            ["PUT", path],
            ["GET", path],
            ["GET", path],
            ["GET", path],
        ]) {
            statuses.push(
                (await call(`${method}`, `${where}`, method === "PUT" ? zoneBody("Z", "9.9.9.9/32") : undefined))
                    .status,
            );
        }
        assert.deepEqual(statuses, [200, 200, 200, 503, 503, 200]);
    });

    it("strike in the order in which they were set, one for a request", async () => {
        emulator.inject({ do: { status: 500 } });
        emulator.inject({ on: { method: "GET" }, do: { status: 503 } });
        const statuses = [];
        for (const _ of [1, 2, 3]) statuses.push((await call("GET", path)).status);
        assert.deepEqual(statuses, [500, 503, 200]);
    });

    it("are forgotten when they are mended, and so are stale reads", async () => {
        emulator.inject({ on: { method: "PUT" }, do: { staleReads: 5 } });
        await call("PUT", path, zoneBody("Z", "9.9.9.9/32"));
        emulator.inject({ do: { status: 500 } });
        emulator.mend();
        assert.deepEqual(valuesIn((await call("GET", path)).body), ["9.9.9.9/32"]);
    });

    const unusable: [title: string, fault: unknown, message: RegExp][] = [
        ["nothing to do", {}, /^the fault is not usable: do: /],
        ["an act that there is not", { do: { explode: true } }, /^the fault is not usable: do: /],
        ["no times", { do: { drop: true }, times: 0 }, /^the fault is not usable: times: /],
        ["a field that there is not", { do: { drop: true }, when: "now" }, /^the fault is not usable: it: .*when/],
    ];
    for (const [title, fault, message] of unusable) {
        it(`are refused with ${title}`, () => {
            assert.throws(() => emulator.inject(fault as Fault), { code: "bad-input", message });
        });
    }
});
