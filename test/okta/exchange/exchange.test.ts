import { strict as assert } from "node:assert";

import { NOW, signal, testClient } from "../support/client";
import { type Script, serve } from "../support/scriptedServer";

const PATH = "/api/v1/zones/nzo1";
const ZONES = { body: [] };

/** A 429 whose window ends so many seconds after it. */
function throttled(seconds: number): Script {
    const headers = {
        date: new Date(NOW).toUTCString(),
        "x-rate-limit-limit": "50",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": String(NOW / 1000 + seconds),
    };
    const body = { errorCode: "E0000047", errorSummary: "API call exceeded rate limit due to too many requests." };
    return { status: 429, headers, body };
}

describe("oktaHttp at the rate limit", () => {
    it("waits until the window ends by Okta's clock, reports it, and repeats even a write", async () => {
        await using okta = await serve(throttled(12), ZONES);
        const { http, slept, said } = testClient(okta.url, { now: () => 0 });
        await http.request("PUT", PATH, { signal, body: {} });
        assert.deepEqual({ slept, said }, { slept: [13_000], said: ["Okta's rate limit is used up; waiting 13 s"] });
        assert.deepEqual(okta.asked[1], { ...okta.asked[0], headers: okta.asked[1]?.headers });
    });

    it("gives up after three tries, and names the end of the window", async () => {
        await using okta = await serve(throttled(5), throttled(5), throttled(5));
        const { http, slept } = testClient(okta.url);
        await assert.rejects(http.request("GET", PATH, { signal }), {
            code: "okta-throttled",
            message:
                "GET /api/v1/zones/nzo1: 429 E0000047: API call exceeded rate limit due to too many requests.; " +
                "the rate limit is used up, try again after 2026-11-23T06:00:05.000Z",
        });
        assert.deepEqual(slept, [6000, 6000]);
    });

    it("does not begin a wait that is longer than it may be", async () => {
        await using okta = await serve(throttled(40), throttled(40));
        const { http, slept } = testClient(okta.url);
        await assert.rejects(http.request("GET", PATH, { signal }), { code: "okta-throttled" });
        assert.deepEqual({ slept, asked: okta.asked.length }, { slept: [41_000], asked: 2 });
    });

    it("backs off where the answer does not say when", async () => {
        await using okta = await serve({ status: 429, body: "slow down" }, { status: 429 }, ZONES);
        const { http, slept } = testClient(okta.url);
        await http.request("GET", PATH, { signal });
        assert.deepEqual(slept, [1000, 2000]);
    });
});

/** Answers the first request itself, as the server has done before; the server gets the others. */
function afterAnAnswer(): typeof fetch {
    let isFirst = true;
    return async (url, init) => {
        if (!isFirst) return fetch(url, init);
        isFirst = false;
        return new Response("[]");
    };
}

describe("oktaHttp without an answer", () => {
    const broken: [because: string, reply: Script, problem: RegExp][] = [
        [
            "a 500",
            { status: 500, body: { errorCode: "E0000009", errorSummary: "Internal Server Error" } },
            /: 500 E0000009: Internal Server Error; the failure is Okta's own: try again; if it stays, look at status\.okta\.com$/,
        ],
        [
            "a 503 in HTML",
            { status: 503, body: "<html>" },
            /: 503; the failure is Okta.s own: try again; if it stays, look at status\.okta\.com$/,
        ],
        [
            "a lost connection",
            { silence: "drop" },
            /: no answer from http:\/\/127\.0\.0\.1:\d+: the connection was lost \(UND_ERR_SOCKET\); try again; if it stays, look at status\.okta\.com, and at what is in between$/,
        ],
        [
            "a time-out",
            { silence: "hang" },
            /: no answer from http:\/\/127\.0\.0\.1:\d+ within 0\.05 s; check the address, and that no firewall is in between; if it stays, look at status\.okta\.com$/,
        ],
    ];
    for (const [because, reply, problem] of broken) {
        // Whatever answers has all the time that a busy machine needs; what hangs may be given up before it has heard of it.
        const isSilent = "silence" in reply && reply.silence === "hang";
        const timeoutMs = isSilent ? 50 : 60_000;
        it(`repeats a read twice after ${because}`, async () => {
            await using okta = await serve(reply, reply, reply);
            const { http, slept } = testClient(okta.url, { timeoutMs, fetch: afterAnAnswer() });
            await http.request("GET", PATH, { signal });
            await assert.rejects(http.request("GET", PATH, { signal }), { code: "okta-unreachable", message: problem });
            assert.deepEqual(slept, [250, 500]);
            assert.ok(isSilent || okta.asked.length === 3);
        });

        it(`does not repeat a write after ${because}`, async () => {
            await using okta = await serve(reply);
            const { http } = testClient(okta.url, { timeoutMs });
            await assert.rejects(http.request("PUT", PATH, { signal, body: {} }), {
                code: "okta-unreachable",
                message: /; whether Okta has carried it out only reading can tell$/,
            });
            assert.ok(okta.asked.length === 1 || (isSilent && okta.asked.length === 0));
        });
    }

    it("asks a server once that never answered, and is silent", async () => {
        await using okta = await serve({ silence: "hang" });
        const { http, slept } = testClient(okta.url, { timeoutMs: 50 });
        const message = /no answer from .* within 0\.05 s; check the address/;
        await assert.rejects(http.request("GET", PATH, { signal }), { code: "okta-unreachable", message });
        assert.deepEqual(slept, []);
        // A busy machine may have given up before the server has heard of it.
        assert.ok(okta.asked.length <= 1);
    });

    it("goes on where the repeat succeeds", async () => {
        await using okta = await serve({ status: 502 }, { silence: "drop" }, ZONES);
        const { body } = await testClient(okta.url).http.request("GET", PATH, { signal });
        assert.deepEqual(body, []);
    });

    it("does not begin a repeat when 15 s have passed", async () => {
        const slow = () => {
            client.pass(15_000);
            return { status: 502 };
        };
        await using okta = await serve(slow);
        const client = testClient(okta.url);
        await assert.rejects(client.http.request("GET", PATH, { signal }), { code: "okta-unreachable" });
        assert.equal(okta.asked.length, 1);
    });

    it("repeats even a write if the connection was refused, for less than a second", async () => {
        const okta = await serve();
        await okta[Symbol.asyncDispose]();
        const { http, slept } = testClient(okta.url);
        await assert.rejects(http.request("PUT", PATH, { signal, body: {} }), {
            code: "okta-unreachable",
            message: `PUT ${PATH}: no answer from ${okta.url}: the connection was refused; check the address, and that no firewall is in between`,
        });
        assert.deepEqual(slept, [250, 500]);
    });

    it("does not look a second time for a host that does not exist", async () => {
        const error = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
        let calls = 0;
        const fetch = async () => {
            calls++;
            throw new TypeError("fetch failed", { cause: error });
        };
        const { http } = testClient("https://acne.okta.com", { fetch });
        await assert.rejects(http.request("GET", PATH, { signal }), {
            code: "okta-unreachable",
            message: `GET ${PATH}: no answer from https://acne.okta.com: there is no host of this name; check orgName and baseUrl`,
        });
        assert.equal(calls, 1);
    });

    const strange: [because: string, reply: Script, problem: string][] = [
        [
            "HTML",
            { body: "<html>Sign in</html>" },
            "200, but the answer of URL is not JSON, so this is not Okta's API; check orgName and baseUrl",
        ],
        [
            "HTML with a 404",
            { status: 404, body: "<html>" },
            "404, but the answer of URL is not JSON, so this is not Okta's API; check orgName and baseUrl",
        ],
        [
            "a redirect",
            { status: 302, headers: { location: "https://login.acme.com/?secret=1" } },
            "302, URL redirects to https://login.acme.com, which is not followed; check orgName and baseUrl",
        ],
        [
            "a redirect to nowhere",
            { status: 302 },
            "302, URL redirects, which is not followed; check orgName and baseUrl",
        ],
        [
            "more than 10 MB",
            { body: "[".repeat(11 * 1024 * 1024) },
            "the answer of URL is longer than 10 MB, so this is hardly Okta's API; check orgName and baseUrl",
        ],
    ];
    for (const [because, reply, problem] of strange) {
        it(`takes ${because} for no answer of Okta's, and asks once`, async () => {
            await using okta = await serve(reply);
            await assert.rejects(testClient(okta.url).http.request("GET", PATH, { signal }), {
                code: "okta-unreachable",
                message: `GET ${PATH}: ${problem.replace("URL", okta.url)}`,
            });
            assert.equal(okta.asked.length, 1);
        });
    }
});

describe("oktaHttp when its caller stops", () => {
    it("throws the caller's reason, be it before, during or between two attempts", async () => {
        const reason = new Error("stopping");
        await using okta = await serve(() => {
            controller.abort(reason);
            return { silence: "hang" };
        }, throttled(5));
        const controller = new AbortController();
        const { http } = testClient(okta.url);
        await assert.rejects(http.request("GET", PATH, { signal: controller.signal }), reason);
        await assert.rejects(http.request("GET", PATH, { signal: AbortSignal.abort(reason) }), reason);
        const waiting = new AbortController();
        const sleepless = testClient(okta.url, {
            async sleep(_ms, signal) {
                waiting.abort(reason);
                signal.throwIfAborted();
            },
        });
        await assert.rejects(sleepless.http.request("GET", PATH, { signal: waiting.signal }), reason);
        assert.equal(okta.asked.length, 2);
    });

    it("gives back the answer that came all the same", async () => {
        const stop = new AbortController();
        const fetch = async () => {
            stop.abort(new Error("stopping"));
            return new Response("[]");
        };
        const { http } = testClient("https://acme.okta.com", { fetch });
        const { body } = await http.request("PUT", PATH, { signal: stop.signal, body: {} });
        assert.deepEqual(body, []);
    });

    it("takes the end of the caller's time for an Okta out of reach", async () => {
        await using okta = await serve({ silence: "hang" });
        const { http } = testClient(okta.url);
        await assert.rejects(http.request("GET", PATH, { signal: AbortSignal.timeout(20) }), {
            code: "okta-unreachable",
            message: `GET ${PATH}: no answer from ${okta.url} in the time that was allowed for it; try again, and if it stays, look at status.okta.com`,
        });
    });
});
