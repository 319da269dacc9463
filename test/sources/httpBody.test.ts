import { strict as assert } from "node:assert";
import { type AddressInfo, createServer } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import { chunk, type RawAnswer, serveRaw } from "./rawServer";
import { answer } from "./server";
import { failing, open, readFrom, signal } from "./trial";

const entry = (id: string) => `- { id: ${id}, ip: 203.0.113.7, permanent: true }\n`;
/** Each of these is a good document. */
const YAML = `grants:\n${entry("a")}${entry("b")}`;
const CUT = `grants:\n${entry("a")}`;
const JSON_TEXT =
    '{"grants":[{"id":"a","ip":"203.0.113.7","permanent":true},{"id":"b","ip":"203.0.113.7","permanent":true}]}';
const FLOW = "{grants: [{id: a, ip: 203.0.113.7, permanent: true}]}";

const BROKEN = "the connection broke before the end of the answer (asked 3 times)";
const ENDLESS =
    "its end cannot be distinguished from a broken connection: have the server send Content-Length or chunks, or JSON";

const head = (...headers: readonly string[]) => ["HTTP/1.1 200 OK", ...headers];
const old = (...headers: readonly string[]) => ["HTTP/1.0 200 OK", ...headers];
const CLOSE = "Connection: close";
const CHUNKED = "Transfer-Encoding: chunked";
const lengthOf = (body: string | Uint8Array) => `Content-Length: ${Buffer.byteLength(body)}`;

describe("the end of an answer to httpSource", () => {
    type Row = readonly [because: string, head: readonly string[], body: string | Uint8Array, end: RawAnswer["end"]];

    const whole: readonly Row[] = [
        ["has the length that it says", head(lengthOf(YAML)), YAML, "stay"],
        ["has the length that it says, and the connection closes", head(CLOSE, lengthOf(YAML)), YAML, "close"],
        ["has the length that it says, by HTTP/1.0", old(lengthOf(YAML)), YAML, "close"],
        ["has the length that it says, and the connection is reset afterwards", head(lengthOf(YAML)), YAML, "reset"],
        ["has its last chunk", head(CHUNKED), `${chunk(CUT)}${chunk(entry("b"))}0\r\n\r\n`, "stay"],
        ["has its last chunk, and the connection closes", head(CLOSE, CHUNKED), `${chunk(YAML)}0\r\n\r\n`, "close"],
        ["has its last chunk and trailers", head(CHUNKED), `${chunk(YAML)}0\r\nX-Sum: 7\r\n\r\n`, "stay"],
        [
            "is compressed, with its length",
            head("Content-Encoding: gzip", lengthOf(gzipSync(YAML))),
            gzipSync(YAML),
            "stay",
        ],
        ["is JSON up to its last bracket, by HTTP/1.0", old(), JSON_TEXT, "close"],
        ["is JSON up to its last bracket", head(CLOSE), JSON_TEXT, "close"],
    ];
    for (const [because, head, body, end] of whole) {
        it(`is known: it ${because}`, async () => {
            await using server = await serveRaw({ head, body, end });
            const { grants } = await open(server.url).read(signal);
            assert.deepEqual(
                grants.map(({ id }) => id),
                ["a", "b"],
            );
            assert.equal(server.requests(), 1);
        });
    }

    const gzip = (part: number) => gzipSync(YAML).subarray(0, part);
    const broken: readonly (readonly [...Row, problem: string])[] = [
        ["reset after a line, without a length", head(), CUT, "reset", BROKEN],
        ["reset after a line, closing", head(CLOSE), CUT, "reset", BROKEN],
        ["reset after a line, by HTTP/1.0", old(), CUT, "reset", BROKEN],
        ["reset after the last bracket of JSON", head(CLOSE), JSON_TEXT, "reset", BROKEN],
        ["reset before the length is reached", head(lengthOf(YAML)), CUT, "reset", BROKEN],
        ["reset before the length is reached, closing", head(CLOSE, lengthOf(YAML)), CUT, "reset", BROKEN],
        ["closed before the length is reached", head(lengthOf(YAML)), CUT, "close", BROKEN],
        ["closed before the length is reached, closing", head(CLOSE, lengthOf(YAML)), CUT, "close", BROKEN],
        ["closed before the length is reached, by HTTP/1.0", old(lengthOf(YAML)), CUT, "close", BROKEN],
        ["closed before the last chunk", head(CHUNKED), chunk(CUT), "close", BROKEN],
        ["closed before the last chunk, closing", head(CLOSE, CHUNKED), chunk(CUT), "close", BROKEN],
        ["reset before the last chunk", head(CHUNKED), chunk(CUT), "reset", BROKEN],
        ["reset before the last chunk, closing", head(CLOSE, CHUNKED), chunk(CUT), "reset", BROKEN],
        ["closed within the last chunk", head(CLOSE, CHUNKED), `${chunk(CUT)}0\r\n`, "close", BROKEN],
        ["closed within the size of a chunk", head(CLOSE, CHUNKED), `${chunk(CUT)}1`, "close", BROKEN],
        ["closed, without a length", head(), YAML, "close", ENDLESS],
        ["closed, without a length, closing", head(CLOSE), YAML, "close", ENDLESS],
        ["closed, by HTTP/1.0", old(), YAML, "close", ENDLESS],
        ["closed, with another coding than chunks", head("Transfer-Encoding: identity"), YAML, "close", ENDLESS],
        ["closed, of YAML in brackets", head(CLOSE), FLOW, "close", ENDLESS],
        ["closed within JSON", head(CLOSE), JSON_TEXT.slice(0, -10), "close", ENDLESS],
        [
            "compressed and cut, though it has its length",
            head("Content-Encoding: gzip", lengthOf(gzip(50))),
            gzip(50),
            "close",
            "the compressed body of the answer is damaged or cut off: unexpected end of file (asked 3 times)",
        ],
        ["compressed and reset", head(CLOSE, "Content-Encoding: gzip"), gzip(50), "reset", BROKEN],
        [
            "compressed and whole, without a length",
            head(CLOSE, "Content-Encoding: gzip"),
            gzipSync(YAML),
            "close",
            ENDLESS,
        ],
    ];
    for (const [what, head, body, end, problem] of broken) {
        it(`is not known: ${what}`, async () => {
            await using server = await serveRaw({ head, body, end });
            await assert.rejects(open(server.url).read(signal), {
                code: "source-unreadable",
                message: `cannot read grants from ${server.url}/: ${problem}`,
            });
        });
    }

    it("is read after an answer that broke off", async () => {
        const cut: RawAnswer = { head: head(CLOSE), body: CUT, end: "reset" };
        await using server = await serveRaw(cut, { head: head(lengthOf(YAML)), body: YAML, end: "stay" });
        assert.equal((await open(server.url).read(signal)).grants.length, 2);
        assert.equal(server.requests(), 2);
    });

    for (const [encoding, body] of [
        ["br", brotliCompressSync(YAML)],
        ["deflate", deflateSync(YAML)],
        ["x-gzip", gzipSync(YAML)],
        ["identity", Buffer.from(YAML)],
    ] as const) {
        it(`may be encoded as ${encoding}`, async () => {
            const { grants } = await readFrom((_, response) => {
                response.writeHead(200, { "content-encoding": encoding }).end(body);
            });
            assert.equal(grants.length, 2);
        });
    }

    it("is unknown in an encoding that was not asked for", async () => {
        const { message, asked } = await failing([answer(200, YAML, { "content-encoding": "zstd" })]);
        assert.match(message, /: it answers with content-encoding "zstd", which is none of gzip, br, deflate$/);
        assert.equal(asked.length, 1);
    });

    it("is asked for again at once where the server has closed the connection that was kept", async () => {
        let [connections, requests] = [0, 0];
        const server = createServer((socket) => {
            connections += 1;
            socket.on("error", () => {});
            socket.once("data", () => {
                socket.write(`${head(lengthOf(YAML)).join("\r\n")}\r\n\r\n${YAML}`);
                socket.on("data", () => socket.resetAndDestroy());
            });
            socket.on("data", () => {
                requests += 1;
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const slept: number[] = [];
        const source = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {}, slept);
        for (let reads = 0; reads < 2; reads++) assert.equal((await source.read(signal)).grants.length, 2);
        server.close();
        assert.deepEqual([connections, requests, slept], [2, 3, []]);
    });
});

describe("an answer to httpSource that is only a part", () => {
    const one = { id: "a", ip: "203.0.113.7", permanent: true };
    const text = JSON.stringify({ grants: [one] });
    const WHOLE = "all grants have to be in one document";
    const link = (rel: string) => `it answers with one page: there is a link with rel="${rel}"; ${WHOLE}`;
    const table: [headers: Record<string, string | readonly string[]>, problem: string][] = [
        [{ link: '<https://example.com/grants?page=2>; rel="next"' }, link("next")],
        [{ link: "</grants?page=2>; rel=next" }, link("next")],
        [{ link: "</grants?page=2>; rel=Next" }, link("next")],
        [{ link: '</grants?page=2>;REL="next"' }, link("next")],
        [{ link: '</grants?page=2> ; title="more" ; rel = "last NEXT"' }, link("next")],
        [{ link: "</grants?page=2>; rel='next'" }, link("next")],
        [{ link: '</grants>; rel="self", </grants?page=2>; rel="next", </grants?page=9>; rel="last"' }, link("next")],
        [{ link: ['</grants>; rel="self"', '</grants?page=2>; rel="next"'] }, link("next")],
        [{ link: '</grants?a=1,2;rel=x>; rel="prev"' }, link("prev")],
        [{ link: '</grants>; rel="previous"' }, link("previous")],
        [
            { "content-range": "bytes 0-99/1000" },
            `it answers with Content-Range, which is a part of the document; ${WHOLE}`,
        ],
        [
            { "content-range": "items 0-0/2" },
            `it answers with Content-Range, which is a part of the document; ${WHOLE}`,
        ],
        [
            { "content-type": "multipart/byteranges; boundary=b" },
            `it answers with multipart/byteranges, which is parts of the document; ${WHOLE}`,
        ],
        [
            { "content-type": "Multipart/Mixed; boundary=b" },
            `it answers with multipart/mixed, which is parts of the document; ${WHOLE}`,
        ],
        [
            { "proxy-status": 'cdn; details="x; y"; error=http_response_incomplete, edge' },
            `a proxy in between has only a part of the document: Proxy-Status says http_response_incomplete; ${WHOLE}`,
        ],
        [{ "x-truncated": "true" }, `it answers with one page: the header "truncated" is true; ${WHOLE}`],
        [{ "x-partial": "1/3" }, `it answers with one page: the header "partial" is set; ${WHOLE}`],
        [{ "x-page": "1/3" }, `it answers with one page: the header "page" is set; ${WHOLE}`],
        [{ "x-next-page": "2" }, `it answers with one page: the header "next-page" is 2; ${WHOLE}`],
        [{ "x-total-count": "2" }, `it answers with one page: the header "total-count" is 2; ${WHOLE}`],
        [{ "x-total-pages": "2" }, `it answers with one page: the header "total-pages" is 2; ${WHOLE}`],
        [{ "x-has-more": "true" }, `it answers with one page: the header "has-more" is true; ${WHOLE}`],
        [{ "x-wp-totalpages": "2", "x-wp-total": "2" }, `it answers with one page: the header "total" is 2; ${WHOLE}`],
        [
            { "x-pagination": '{"totalCount":2,"pageSize":1}' },
            `it answers with one page: the header "pagination.totalCount" is 2; ${WHOLE}`,
        ],
        [
            { "x-ms-continuationtoken": "eyJ" },
            `it answers with one page: the header "continuationtoken" is set; ${WHOLE}`,
        ],
        [{ "pagination-count": "2" }, `it answers with one page: the header "count" is 2; ${WHOLE}`],
        [{ "pagination-total-count": "2" }, `it answers with one page: the header "total-count" is 2; ${WHOLE}`],
    ];
    for (const [headers, problem] of table) {
        it(`shows it by ${JSON.stringify(headers)}`, async () => {
            const { message, asked } = await failing([
                (_, response) => response.writeHead(200, headers as Record<string, string>).end(text),
            ]);
            assert.equal(message, `cannot read grants from http://host/grants: ${problem}`);
            assert.equal(asked.length, 1);
        });
    }

    const trailers: [name: string, value: string, problem: RegExp][] = [
        [
            "proxy-status",
            "cdn; error=http_response_incomplete",
            /Proxy-Status says http_response_incomplete; all grants/,
        ],
        ["content-range", "bytes 0-99/1000", /it answers with Content-Range, which is a part/],
        ["x-has-more", "true", /one page: the header "has-more" is true/],
        ["link", '</grants?page=2>; rel="next"', /there is a link with rel="next"/],
    ];
    for (const [name, value, problem] of trailers) {
        it(`shows it by the trailer ${name}`, async () => {
            const { message } = await failing([
                (_, response) => {
                    response.writeHead(200, { trailer: name });
                    response.write(text);
                    response.addTrailers({ [name]: value });
                    response.end();
                },
            ]);
            assert.match(message, problem);
        });
    }

    it("shows it by its status", async () => {
        const { message } = await failing([answer(206, text)]);
        assert.match(
            message,
            /: it answers 206, which is a part of the document; all grants have to be in one document$/,
        );
    });

    it("shows it in the document", async () => {
        const { message } = await failing([answer(200, { grants: [one], next: "/grants?page=2" })]);
        assert.match(message, /: the document is only a part: "next" is set; all grants have to be in one document$/);
    });

    const harmless: Record<string, string>[] = [
        { link: '</grants>; rel="self"' },
        { link: '</style.css>; rel="preload"; as="style", </next>; rel="canonical"; title="next"' },
        { link: '</grants?rel=next>; rel="alternate"' },
        { "x-next-page": "" },
        { warning: '214 proxy "Transformation Applied"', trailer: "x-checksum" },
        { "proxy-status": 'edge; received-status=200; details="; error=http_response_incomplete"' },
        { "proxy-status": "edge; error=connection_timeout" },
        { "x-partial": "false", "x-page": "1/1", "content-type": "application/json" },
        { "x-wp-total": "1", "x-wp-totalpages": "1", "x-pagination": '{"totalCount":1,"next":null}' },
        { "x-total-count": "1", "x-total-pages": "1", "x-page": "1", "x-per-page": "20" },
        { "x-ratelimit-remaining": "59", "x-remaining": "7", "x-limit": "1", "accept-ranges": "bytes" },
    ];
    for (const headers of harmless) {
        it(`is not meant by ${JSON.stringify(headers)}`, async () => {
            const { grants } = await readFrom(answer(200, text, headers));
            assert.equal(grants.length, 1);
        });
    }
});
