import { strict as assert } from "node:assert";

import { isExcepted, proxyFor } from "../../../src/core/outgoing/proxies";

const P = "http://proxy.example.com:3128";

describe("proxyFor", () => {
    const table: [
        because: string,
        url: string,
        env: Record<string, string>,
        name: string | undefined,
        from?: string,
    ][] = [
        ["nothing is set", "https://acme.okta.com", {}, undefined],
        ["a variable is blank", "https://acme.okta.com", { HTTPS_PROXY: " " }, undefined],
        ["https has its variable", "https://acme.okta.com", { HTTPS_PROXY: P }, P, "HTTPS_PROXY"],
        ["http has another", "http://g.example.com", { HTTPS_PROXY: P }, undefined],
        ["http has its own", "http://g.example.com", { HTTP_PROXY: P }, P, "HTTP_PROXY"],
        [
            "lower case counts first",
            "https://a.example",
            { HTTPS_PROXY: "http://b:1", https_proxy: P },
            P,
            "https_proxy",
        ],
        ["a host and a port will do", "https://a.example", { HTTPS_PROXY: "proxy.example.com:3128" }, P, "HTTPS_PROXY"],
        ["a proxy may speak TLS", "https://a.example", { HTTPS_PROXY: "https://p:443" }, "https://p", "HTTPS_PROXY"],
        [
            "a password is not in the name",
            "https://a.example",
            { HTTPS_PROXY: "http://ana:s3cr3t@p:1" },
            "http://p:1",
            "HTTPS_PROXY",
        ],
        ["ALL_PROXY is for what has none", "https://a.example", { ALL_PROXY: P }, P, "ALL_PROXY"],
        ["so is all_proxy, for http too", "http://a.example", { all_proxy: "proxy.example.com:3128" }, P, "all_proxy"],
        [
            "one of its own counts first",
            "https://a.example",
            { ALL_PROXY: "http://b:1", HTTPS_PROXY: P },
            P,
            "HTTPS_PROXY",
        ],
        ["ALL_PROXY may be for other programs", "https://a.example", { ALL_PROXY: "socks5h://p:1080" }, undefined],
        ["NO_PROXY holds for ALL_PROXY", "https://a.example", { ALL_PROXY: P, NO_PROXY: ".example" }, undefined],
        ["NO_PROXY names the host", "https://a.example", { HTTPS_PROXY: P, NO_PROXY: "a.example" }, undefined],
        ["no_proxy does", "https://a.example", { https_proxy: P, no_proxy: "*" }, undefined],
        ["this machine needs none", "https://127.0.0.1:8443", { HTTPS_PROXY: P }, undefined],
        ["nor by its name", "http://localhost:8080", { HTTP_PROXY: P }, undefined],
        ["nor over IPv6", "http://[::1]:8080", { HTTP_PROXY: P }, undefined],
        ["nor if the variable is wrong", "http://localhost", { HTTP_PROXY: "socks5://p" }, undefined],
    ];
    for (const [because, url, env, name, from] of table) {
        it(`gives ${name ?? "none"}: ${because}`, () => {
            const proxy = proxyFor(new URL(url), env);
            assert.deepEqual([proxy?.name, proxy?.setting], [name, from]);
        });
    }

    for (const value of [
        "socks5://ana:s3cr3t@p:1080",
        "http://",
        "http://ana:s3cr3t@:1",
        "ftp://p",
        "ht tp://s3cr3t",
    ]) {
        it(`refuses ${value} and does not show it`, () => {
            assert.throws(() => proxyFor(new URL("https://a.example"), { HTTPS_PROXY: value }), {
                code: "bad-input",
                message:
                    /^HTTPS_PROXY is not the URL of a(n HTTP)? proxy, such as http:\/\/proxy\.example\.com:3128[^@]*$/,
            });
        });
    }
});

describe("isExcepted", () => {
    const table: [host: string, port: string, noProxy: string, expected: boolean][] = [
        ["a.example.com", "443", "", false],
        ["a.example.com", "443", "*", true],
        ["a.example.com", "443", "example.com", true],
        ["a.example.com", "443", ".example.com", true],
        ["a.example.com", "443", "*.example.com", true],
        ["A.Example.COM.", "443", "x, Example.com", true],
        ["example.com", "443", ".example.com", true],
        ["notexample.com", "443", "example.com", false],
        ["a.example.com", "443", "example.com:443", true],
        ["a.example.com", "443", "example.com:8443", false],
        ["a.example.com", "443", "example.org example.com", true],
        ["203.0.113.7", "443", "203.0.113.7", true],
        ["203.0.113.7", "443", "203.0.113.0/24", true],
        ["203.0.113.7", "443", "203.0.113.0/24:8443", false],
        ["203.0.114.7", "443", "203.0.113.0/24", false],
        ["203.0.113.7", "443", "13.7", false],
        ["a.example.com", "443", "203.0.113.0/24", false],
        ["[2001:db8::1]", "443", "2001:db8::1", true],
        ["[2001:db8::1]", "443", "[2001:db8::1]:443", true],
        ["[2001:db8::1]", "443", "2001:db8::/32", true],
        ["[2001:db8::1]", "443", "0.0.0.0/0", false],
        ["a.example.com", "443", ".", false],
        ["a.example.com", "443", "]:,[:443,/,*.", false],
    ];
    for (const [host, port, noProxy, expected] of table) {
        it(`${host}:${port} is ${expected ? "" : "not "}in "${noProxy}"`, () => {
            assert.equal(isExcepted(host, port, noProxy), expected);
        });
    }
});
