import { strict as assert } from "node:assert";

import { askSurely, PAUSES_MS, type Tried, tryOnce } from "../../src/cli/portal/askSurely";

const MADE: Tried = { answer: { status: 201, body: { id: "g-1" } } };
const RESET: Tried = { why: "other side closed", mayBeDone: true };
const AWAY: Tried = { why: "connect ECONNREFUSED", mayBeDone: false };
const statusOf = (status: number, body = {}): Tried => ({ answer: { status, body } });
const REFUSED = statusOf(401, { detail: "your session has ended", code: "ZK801" });

/** What is answered, one after the other; how often it is asked, and the status or the sentence that comes of it. */
const ROWS: Readonly<Record<string, readonly [tries: readonly Tried[], asked: number, outcome: number | RegExp]>> = {
    "an answer": [[MADE], 1, 201],
    "a refusal": [[REFUSED], 1, 401],
    "a portal that says that nothing has changed": [[statusOf(503, { code: "ZK809" })], 1, 503],
    "no connection": [[AWAY], 1, /^https:\/\/a\.example gives no answer: connect ECONNREFUSED$/],
    "a lost answer": [[RESET, MADE], 2, 201],
    "an error of the portal": [[statusOf(500, { code: "ZK001" }), MADE], 2, 201],
    "a proxy that says nothing of the portal": [[statusOf(503), statusOf(502), MADE], 3, 201],
    "a lost answer, and then no connection": [[RESET, AWAY, AWAY, MADE], 4, 201],
    "answers that stay lost": [
        [RESET, RESET, RESET, RESET],
        4,
        /\(other side closed\), and it is not known whether payroll is granted: look with zonekeeper grants/,
    ],
    "a lost answer, and then no connection any more": [[RESET, AWAY, AWAY, AWAY], 4, /it is not known whether payroll/],
};

describe("askSurely", () => {
    const runOn = async (tries: readonly Tried[]) => {
        let asked = 0;
        const slept: number[] = [];
        const send = async () => tries[asked++] as Tried;
        const answer = await askSurely(
            send,
            async (ms) => slept.push(ms),
            "https://a.example",
            "payroll is granted",
        ).catch((error: Error) => error);
        return { asked, slept, answer };
    };

    for (const [what, [tries, times, outcome]] of Object.entries(ROWS)) {
        it(`asks ${times === 1 ? "once" : `${times} times`}: ${what}`, async () => {
            const { asked, slept, answer } = await runOn(tries);
            assert.deepEqual([asked, slept], [times, PAUSES_MS.slice(0, times - 1)]);
            if (answer instanceof Error) assert.match(answer.message, outcome as RegExp);
            else assert.equal(answer.status, outcome);
        });
    }

    it("does not forget a lost answer where no token can be had for another try", async () => {
        let asked = 0;
        const send = async () => (asked++ === 0 ? RESET : Promise.reject(new Error("GitHub gives no answer")));
        const sure = askSurely(send, async () => {}, "https://a.example", "payroll is granted");
        await assert.rejects(sure, /\(GitHub gives no answer\), and it is not known whether payroll is granted/);
    });

    it("says of a refusal after a lost answer that the first try may have worked", async () => {
        const { answer } = await runOn([RESET, REFUSED]);
        assert.ok(!(answer instanceof Error));
        assert.match(String(answer.body.detail), /^your session has ended; an earlier try had no answer: /);
    });
});

describe("tryOnce", () => {
    const failing = (code: string) => async () => {
        throw Object.assign(new TypeError("fetch failed"), { cause: { code } });
    };
    const rows: Readonly<Record<string, readonly [fetch: () => Promise<Response>, mayBeDone: boolean]>> = {
        "no connection": [failing("ECONNREFUSED"), false],
        "no such host": [failing("ENOTFOUND"), false],
        "a connection that breaks": [failing("UND_ERR_SOCKET"), true],
        "a page in the place of JSON": [async () => new Response("<h1>Bad gateway</h1>", { status: 502 }), true],
    };
    for (const [what, [fetch, mayBeDone]] of Object.entries(rows)) {
        it(`says of ${what} that it may ${mayBeDone ? "" : "not "}have been done`, async () => {
            const tried = await tryOnce(fetch as typeof globalThis.fetch, "https://a.example/", {});
            assert.equal("why" in tried && tried.mayBeDone, mayBeDone);
        });
    }

    const timeOut = Object.assign(new Error("The operation was aborted due to timeout"), { name: "TimeoutError" });
    const redirect = new TypeError("fetch failed", { cause: new Error("unexpected redirect") });
    const words: [why: string, fetch: () => Promise<Response>][] = [
        ["the server refused the connection; check the address, and that the server runs", failing("ECONNREFUSED")],
        ["there is no host of this name; check the address", failing("ENOTFOUND")],
        [
            "the connection was closed before an answer came; check the address, and whether it is http or https",
            failing("UND_ERR_SOCKET"),
        ],
        [
            "its TLS certificate is self-signed; if it is meant to be, set NODE_EXTRA_CA_CERTS to a PEM file with it, and start again",
            failing("DEPTH_ZERO_SELF_SIGNED_CERT"),
        ],
        [
            "it did not answer in time; check the address, and that no firewall is in between",
            () => Promise.reject(timeOut),
        ],
        ["it redirects, which is not followed; give the address to which it leads", () => Promise.reject(redirect)],
        [
            "what answers there is not the portal, as it is not JSON; check the address",
            async () => new Response("<h1>Bad gateway</h1>"),
        ],
    ];
    for (const [why, fetch] of words) {
        it(`says that ${why.slice(0, 60)}`, async () => {
            const tried = await tryOnce(fetch as typeof globalThis.fetch, "https://a.example/", {});
            assert.equal("why" in tried && tried.why, why);
        });
    }
});
