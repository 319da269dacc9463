import { strict as assert } from "node:assert";
import { gzipSync } from "node:zlib";

import { A, B, grant } from "../../support/grants";
import { documentOf } from "../../support/grantsDocument";
import { testSource } from "../contract";
import { answer, type Handler, serve } from "../server";
import { failing, open, readFrom, signal, token } from "../trial";

const MIB = 1024 * 1024;

describe("httpSource", () => {
    describe("as a source", () => {
        let handler: Handler;
        let server: Awaited<ReturnType<typeof serve>>;

        before(async () => {
            server = await serve((request, response) => handler(request, response));
        });
        after(() => server[Symbol.asyncDispose]());

        testSource({
            async open(grants) {
                handler = answer(200, documentOf(grants));
                return open(server.url);
            },
            async replace(grants) {
                handler = answer(200, documentOf(grants));
            },
            async spoil() {
                handler = answer(404);
            },
        });
    });

    describe("what it reads", () => {
        const good: [what: string, handler: Handler][] = [
            ["JSON", answer(200, documentOf([grant(A)]), { "content-type": "application/json" })],
            [
                "YAML",
                answer(200, `grants: [{ id: grant of ${A}, ip: 198.51.100.1, expiresAt: 2026-12-01T13:00:00Z }]`, {
                    "content-type": "application/yaml",
                }),
            ],
            [
                "a compressed document",
                (_, response) => {
                    response.writeHead(200, { "content-encoding": "gzip" });
                    response.end(gzipSync(JSON.stringify(documentOf([grant(A)]))));
                },
            ],
        ];
        for (const [what, handler] of good) {
            it(what, async () => assert.deepEqual((await readFrom(handler)).grants, [grant(A)]));
        }
    });

    it("asks once, with the token and the whole URL", async () => {
        await using server = await serve(answer(200, { grants: [] }));
        await open(`${server.url}/grants?team=7`, { token }).read(signal);
        assert.deepEqual(server.asked, [
            { method: "GET", path: "/grants?team=7", authorization: "Bearer s3cr3t", etag: undefined },
        ]);
    });

    it("reads the token anew each time", async () => {
        let secret = "first";
        await using server = await serve(answer(200, { grants: [] }));
        const source = open(server.url, { token: { setting: "env:X", read: () => secret } });
        await source.read(signal);
        secret = "second";
        await source.read(signal);
        assert.deepEqual(
            server.asked.map(({ authorization }) => authorization),
            ["Bearer first", "Bearer second"],
        );
    });

    describe("the ETag", () => {
        const etag = '"v1"';
        const first = answer(200, documentOf([grant(A)]), { etag });
        const second = answer(200, documentOf([grant(B)]));
        const etagsAfter = async (count: number, ...handlers: readonly Handler[]) => {
            await using server = await serve(...handlers);
            const source = open(server.url);
            const readings: unknown[] = [];
            for (let reads = 0; reads < count; reads++) {
                readings.push(
                    await source.read(signal).then(
                        ({ grants }) => grants.map(({ id }) => id),
                        () => "unreadable",
                    ),
                );
            }
            return { readings, etags: server.asked.map(({ etag }) => etag) };
        };
        const [inA, inB] = [[grant(A).id], [grant(B).id]];

        it("brings the same document again for as long as the server says 304", async () => {
            assert.deepEqual(await etagsAfter(3, first, answer(304)), {
                readings: [inA, inA, inA],
                etags: [undefined, etag, etag],
            });
        });

        it("is forgotten with a document that has none", async () => {
            assert.deepEqual(await etagsAfter(3, first, second), {
                readings: [inA, inB, inB],
                etags: [undefined, etag, undefined],
            });
        });

        it("of a document that cannot be read is not kept", async () => {
            const broken = answer(200, "{", { etag: '"v2"' });
            assert.deepEqual(await etagsAfter(3, first, broken, second), {
                readings: [inA, "unreadable", inB],
                etags: [undefined, etag, etag],
            });
        });

        it("refuses a 304 to an unconditional request", async () => {
            const { message } = await failing([answer(304)]);
            assert.equal(
                message,
                "cannot read grants from http://host/grants: it answers 304 and no document; check the URL",
            );
        });
    });

    describe("what it does not take for an empty list", () => {
        const wrong: [what: string, handler: Handler, problem: string][] = [
            ["nothing", answer(200), "it is empty; to grant nobody, write `grants: []`"],
            ["no content", answer(204), "it answers 204 and no document; check the URL"],
            ["a missing page", answer(404, "no"), "it answers 404 and no document; check the URL"],
            [
                "a page",
                answer(200, "Sign in", { "content-type": "text/html" }),
                "it answers with an HTML page, not YAML or JSON: is this the address of a sign-in page?",
            ],
            ["a page that says it is JSON", answer(200, "<p>"), "it is HTML or XML, not YAML or JSON"],
            [
                "half a document",
                answer(200, '{"grants": [] x}'),
                "cannot be parsed: Unexpected scalar at node end at line 1, column 15",
            ],
            ["another document", answer(200, "{}"), 'the document has no list "grants"; nobody is `grants: []`'],
            ["401", answer(401), "it answers 401; it wants a token: say token: env:NAME or file:PATH"],
            ["403", answer(403), "it answers 403; it wants a token: say token: env:NAME or file:PATH"],
        ];
        for (const [what, handler, problem] of wrong) {
            it(what, async () => {
                const { message, asked } = await failing([handler]);
                assert.equal(message, `cannot read grants from http://host/grants: ${problem}`);
                assert.equal(asked.length, 1);
            });
        }

        it("a token that is not taken", async () => {
            const { message } = await failing([answer(401)], { token });
            assert.match(message, /it answers 401; it does not take the token of env:GRANTS_TOKEN: check it$/);
        });

        it("a token without the right", async () => {
            const { message } = await failing([answer(403)], { token });
            assert.match(message, /it answers 403; the token of env:GRANTS_TOKEN may not read this: check its rights$/);
        });

        it("a token that is gone, and sends no request", async () => {
            const lost = () => Object.assign(new Error("the secret of env:X is empty"), { code: "bad-input" });
            const read = () => {
                throw lost();
            };
            const { message, asked } = await failing([answer(200)], { token: { setting: "env:X", read } });
            assert.match(message, /: the secret of env:X is empty$/);
            assert.deepEqual(asked, []);
        });

        it("a token that cannot be sent, and does not quote it", async () => {
            const read = () => "s3cr3t\nx-admin: yes";
            const { message, asked } = await failing([answer(200)], { token: { setting: "env:X", read } });
            assert.match(message, /the token of env:X has a space, a line end or another character that no token has$/);
            assert.deepEqual(asked, []);
        });
    });

    it("stops at 32 MiB, even where the server does not say how much is to come", async () => {
        const endless: Handler = (_, response) => {
            const more = () => {
                while (response.write(Buffer.alloc(MIB, " ")));
            };
            response.on("drain", more).on("close", () => response.off("drain", more));
            more();
        };
        const { message, asked } = await failing([endless]);
        assert.match(message, /: it is longer than 32 MiB$/);
        assert.equal(asked.length, 1);
    });

    it("is not fooled by a small answer that unpacks to a large one", async () => {
        const bomb: Handler = (_, response) => {
            response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(33 * MIB, " ")));
        };
        const { message } = await failing([bomb]);
        assert.match(message, /: it is longer than 32 MiB$/);
    });

    describe("the token", () => {
        const clear = (url: string) =>
            `the token of env:GRANTS_TOKEN is not sent to ${url} in the clear: write https://`;

        for (const url of [
            "http://example.com/grants",
            "http://127.0.0.1.example.com/grants",
            "http://10.0.0.1/grants",
        ]) {
            it(`does not go to ${url}`, () => {
                assert.throws(() => open(url, { token }), { code: "bad-input", message: clear(url) });
            });
        }

        for (const url of ["https://example.com/", "http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:80/"]) {
            it(`may go to ${url}`, () => assert.equal(open(url, { token }).name, new URL(url).href));
        }
    });
});
