import { strict as assert } from "node:assert";

import { A, grant } from "../../support/grants";
import { documentOf } from "../../support/grantsDocument";
import { answer, type Handler, serve } from "../server";
import { failing, open, problemOf, readFrom } from "../trial";

describe("what httpSource tries again", () => {
    const drop: Handler = (request) => request.socket.destroy();
    const breakOff: Handler = (request, response) => {
        response.writeHead(200, { "content-length": "100" }).write('{"grants":[');
        request.socket.end();
    };
    const good = answer(200, documentOf([grant(A)]));

    const table: [what: string, bad: Handler, problem: RegExp][] = [
        ["a 500", answer(500), /^it answers 500; see to that server, or try again later$/],
        [
            "a 503",
            answer(503, "<html>", { "content-type": "text/html" }),
            /^it answers 503; see to that server, or try again later$/,
        ],
        ["a 429", answer(429), /^it answers 429; it is asked too often: see who else reads it$/],
        ["a dropped connection", drop, /^no connection: /],
        ["a document that breaks off", breakOff, /^the connection broke before the end of the answer$/],
    ];
    for (const [what, bad, problem] of table) {
        it(`${what}, twice`, async () => {
            const { grants, asked, slept } = await readFrom(bad, bad, good);
            assert.deepEqual([grants, asked.length], [[grant(A)], 3]);
            assert.deepEqual(slept, [375, 1500]);
        });

        it(`${what}, but not for ever`, async () => {
            const { message, asked } = await failing([bad]);
            const [, reason = ""] =
                message.match(/^cannot read grants from http:\/\/host\/grants: (.*) \(asked 3 times\)$/) ?? [];
            assert.match(reason, problem);
            assert.equal(asked.length, 3);
        });
    }

    it("waits for as long as the server asks for", async () => {
        const { slept } = await readFrom(answer(429, "", { "retry-after": "3" }), good);
        assert.deepEqual(slept, [3000]);
    });

    it("leaves a server alone that asks for a long time", async () => {
        const { message, asked, slept } = await failing([answer(503, "", { "retry-after": "120" })]);
        assert.match(message, /: it answers 503; see to that server, or try again later$/);
        assert.deepEqual([asked.length, slept], [1, []]);
    });

    it("says who refused a connection", async () => {
        const server = await serve();
        await server[Symbol.asyncDispose]();
        const message = await problemOf(open(`${server.url}/g`));
        const { host } = new URL(server.url);
        assert.equal(
            message,
            `cannot read grants from ${server.url}/g: no connection: ${host} refused the connection; check the address, and that the server runs (asked 3 times)`,
        );
    });
});

describe("the patience of httpSource", () => {
    const silence: Handler = () => {};
    const trickle: Handler = (_, response) => response.writeHead(200).write('{"grants":[');

    for (const [what, handler] of [
        ["an answer", silence],
        ["the end of an answer", trickle],
    ] as const) {
        it(`ends while it waits for ${what}`, async () => {
            const { message, asked } = await failing([handler], { timeoutMs: 50 });
            assert.equal(
                message,
                "cannot read grants from http://host/grants: no whole answer within 0.05 s; check that this machine reaches the server, and what keeps it busy",
            );
            // A busy machine may have given up before the server has heard of it.
            assert.ok(asked.length <= 1);
        });
    }

    it("covers the pauses", async () => {
        const sleep = (_: number, signal: AbortSignal) =>
            new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        const { message } = await failing([answer(500)], { timeoutMs: 50, sleep });
        assert.match(
            message,
            /no whole answer within 0.05 s; check that this machine reaches the server, and what keeps it busy$/,
        );
    });

    it("ends when the caller's does", async () => {
        const stop = new AbortController();
        await using server = await serve(() => stop.abort());
        await assert.rejects(open(server.url).read(stop.signal), {
            code: "source-unreadable",
            message: `cannot read grants from ${server.url}/: it was stopped before there was an answer`,
        });
    });
});
