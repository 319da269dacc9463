import { strict as assert } from "node:assert";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { forwardedBy } from "../../../src/agent/http/caller/forwarded";
import { errorIn, openTestServer, TOKEN } from "./testServer";

/** What proxies add, each with a client on another machine. */
const PROXIED: readonly (readonly [header: string, value: string])[] = [
    ["X-Forwarded-For", "192.0.2.9"],
    ["x-forwarded-for", "127.0.0.1"],
    ["X-Forwarded-For", ""],
    ["X-Forwarded-Host", "access.example.com"],
    ["X-Forwarded-Proto", "https"],
    ["X-Real-IP", "192.0.2.9"],
    ["Forwarded", "for=192.0.2.9"],
    ["Via", "1.1 proxy"],
    ["CF-Connecting-IP", "192.0.2.9"],
    ["True-Client-IP", "192.0.2.9"],
    ["X-Envoy-External-Address", "192.0.2.9"],
    ["X-Original-Forwarded-For", "192.0.2.9"],
    ["X-Cluster-Client-IP", "192.0.2.9"],
    ["Ali-CDN-Real-IP", "192.0.2.9"],
    ["CloudFront-Viewer-Address", "192.0.2.9:443"],
    ["DO-Connecting-IP", "192.0.2.9"],
    ["Fastly-FF", "cache-1"],
    ["Incap-Client-IP", "192.0.2.9"],
    ["X-BlueCoat-Via", "1234"],
    ["X-NF-Client-Connection-IP", "192.0.2.9"],
    ["X-Sucuri-ClientIP", "192.0.2.9"],
    ["X-Varnish", "32770"],
    ["X-Vercel-Forwarded-For", "192.0.2.9"],
    ["Surrogate-Capability", "varnish=ESI/1.0"],
];

describe("forwardedBy", () => {
    for (const [header, value] of PROXIED) {
        it(`knows a proxy by ${header}: ${value}`, () => {
            const name = header.toLowerCase();
            assert.equal(forwardedBy({ headers: { host: "h", [name]: value }, httpVersion: "1.1" }), name);
        });
    }

    it("knows nginx by HTTP/1.0, and takes what browsers and curl send for no proxy's", () => {
        assert.equal(forwardedBy({ headers: { host: "h" }, httpVersion: "1.0" }), "HTTP/1.0");
        const headers = { host: "h", accept: "*/*", "user-agent": "curl/8.0", "x-request-id": "1", cookie: "a=b" };
        assert.equal(forwardedBy({ headers, httpVersion: "1.1" }), undefined);
    });
});

describe("startServer on loopback, behind a proxy of this machine", () => {
    const READS = ["/", "/api/status", "/events", "/api/deny", "/nowhere"];

    it("shows who is inside only with the token", async () => {
        await using server = await openTestServer({ token: () => TOKEN });
        for (const path of READS) {
            const { status, text, headers } = await server.ask(path, { headers: { "x-forwarded-for": "192.0.2.9" } });
            assert.equal(status, 401, path);
            assert.match(String(headers["www-authenticate"]), /^Basic realm/);
            assert.doesNotMatch(text, /ana@|203\.0\.113/);
        }
        for (const [header, value] of PROXIED) {
            const { status } = await server.ask("/api/status?grants=none", { headers: { [header]: value } });
            assert.match(String(status), /^(401|429)$/, header);
        }
    });

    it("shows it to who has the token, and probes to all", async () => {
        await using server = await openTestServer({ token: () => TOKEN });
        const proxied = { "x-forwarded-for": "192.0.2.9" };
        const { status } = await server.ask("/api/status", {
            headers: { ...proxied, authorization: `Bearer ${TOKEN}` },
        });
        assert.equal(status, 200);
        for (const path of ["/healthz", "/readyz", "/metrics"]) {
            assert.equal((await server.ask(path, { headers: proxied })).status, 200, path);
        }
    });

    it("shows it to no caller if no token is set, and says what to do", async () => {
        await using server = await openTestServer();
        const { status, text } = await server.ask("/api/status", { headers: { "x-real-ip": "192.0.2.9" } });
        assert.deepEqual(
            [status, errorIn(text)],
            [
                403,
                "the request came through a proxy (x-real-ip); without a token this agent shows who is inside only to this machine: set token: env:NAME in its configuration",
            ],
        );
    });

    it("answers to no foreign name still", async () => {
        await using server = await openTestServer({ token: () => TOKEN });
        const headers = { host: "access.example.com", "x-forwarded-for": "1.2.3.4", authorization: `Bearer ${TOKEN}` };
        assert.equal((await server.ask("/api/status", { headers })).status, 421);
    });

    it("takes a request in HTTP/1.0 for one of nginx", async () => {
        await using server = await openTestServer({ token: () => TOKEN });
        const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
        socket.write("GET /api/status HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
        assert.match(await text(socket), /^HTTP\/1\.1 401 /);
    });
});
