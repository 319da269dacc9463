import { strict as assert } from "node:assert";
import { request } from "node:http";
import { connect } from "node:net";

import { ANA, ASK, LEA, openPortalScene, type PortalScene } from "./scene";

const ATTACK = `"><img src=x onerror=alert(1)><script>alert(1)</script>`;

describe("attacks on the portal", () => {
    let scene: PortalScene;

    before(async () => {
        scene = await openPortalScene();
    });

    after(() => scene[Symbol.asyncDispose]());

    const grants = async () => [...(await scene.store.read(new AbortController().signal)).grants.values()];
    const post = (headers: Record<string, string>, body = "access=payroll") => ({
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json", ...headers },
        body,
    });

    describe("a form that another site sends, with the visitor's cookie", () => {
        const OTHERS: Readonly<Record<string, (csrf: string, url: string) => Record<string, string>>> = {
            "comes from another origin": (csrf) => ({ origin: "https://evil.example", "x-csrf-token": csrf }),
            "comes from a sandboxed page": (csrf) => ({ origin: "null", "x-csrf-token": csrf }),
            "says no origin": (csrf) => ({ "x-csrf-token": csrf }),
            "comes from another port of this host": (csrf) => ({ origin: "http://127.0.0.1:1", "x-csrf-token": csrf }),
            "is cross-site by the browser's word": (csrf, url) => ({
                origin: url,
                "x-csrf-token": csrf,
                "sec-fetch-site": "cross-site",
            }),
            "comes from another host of the same site": (csrf, url) => ({
                origin: url,
                "x-csrf-token": csrf,
                "sec-fetch-site": "same-site",
            }),
            "comes from nowhere by the browser's word": (csrf, url) => ({
                origin: url,
                "x-csrf-token": csrf,
                "sec-fetch-site": "none",
            }),
            "comes from a host that begins as this one does": (csrf, url) => ({
                origin: `${url}.evil.example`,
                "x-csrf-token": csrf,
            }),
            "comes by another scheme": (csrf, url) => ({
                origin: url.replace("http:", "https:"),
                "x-csrf-token": csrf,
            }),
            "names its origin with a path": (csrf, url) => ({ origin: `${url}/`, "x-csrf-token": csrf }),
            "has no token": (_, url) => ({ origin: url }),
            "has another token": (_, url) => ({ origin: url, "x-csrf-token": "A".repeat(43) }),
        };
        for (const [how, headersOf] of Object.entries(OTHERS)) {
            it(`is refused where it ${how}`, async () => {
                const ana = await scene.person(ANA);
                const before = (await grants()).length;
                for (const path of ["/api/v1/grants", "/do/grants"]) {
                    const answer = await ana.ask(`${scene.url}${path}`, post(headersOf(ana.csrf(), scene.url)));
                    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [403, "ZK803"]);
                }
                assert.equal((await grants()).length, before);
            });
        }

        it("is refused where the token is another session's", async () => {
            const [ana, other] = [await scene.person(ANA), await scene.person(ANA)];
            const answer = await ana.ask(
                `${scene.url}/api/v1/grants`,
                post({ origin: scene.url, "x-csrf-token": other.csrf() }),
            );
            assert.equal(answer.status, 403);
        });

        it("cannot sign anybody out", async () => {
            const ana = await scene.person(ANA);
            await ana.ask(`${scene.url}/logout`, post({ origin: "https://evil.example" }, ""));
            assert.equal((await scene.api(ana, "GET", "/api/v1/me")).status, 200);
        });
    });

    for (const [method, path] of [
        ["POST", "/api/v1/grants"],
        ["PATCH", "/api/v1/grants/g-1"],
        ["POST", "/api/v1/grants/g-1/sign-off"],
        ["POST", "/api/v1/requests/g-1"],
        ["POST", "/api/v1/people/ana/revoke"],
    ] as const) {
        it(`tells nobody who has not signed in what the body of ${method} ${path} may be`, async () => {
            for (const body of ['{"junk":1}', "[]", '{"duration":7}']) {
                const headers = { "content-type": "application/json", "x-forwarded-for": "203.0.113.7" };
                const answer = await fetch(`${scene.url}${path}`, { method, headers, body });
                assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [401, "ZK801"]);
            }
        });
    }

    it("refuses a cookie together with a token", async () => {
        const ana = await scene.person(ANA);
        const answer = await ana.ask(`${scene.url}/api/v1/me`, { headers: { authorization: "Bearer zkp_x" } });
        assert.equal(answer.status, 400);
    });

    it("begins a session of its own at each sign-in, whatever cookie the browser had", async () => {
        const browser = scene.browser();
        const { host } = new URL(scene.url);
        browser.cookies.set(host, new Map([["zonekeeper", "a-cookie-that-somebody-planted"]]));
        await browser.signIn(scene.url, ANA);
        const first = browser.cookies.get(host)?.get("zonekeeper");
        assert.notEqual(first, "a-cookie-that-somebody-planted");
        await browser.signIn(scene.url, LEA).catch(() => {});
        await browser.go(`${scene.url}/login`);
        const second = browser.cookies.get(host)?.get("zonekeeper");
        assert.notEqual(second, first);
        const stale = scene.browser();
        stale.cookies.set(host, new Map([["zonekeeper", String(first)]]));
        assert.equal((await stale.ask(`${scene.url}/api/v1/me`)).status, 401);
    });

    it("gives cookies that no script reads and no other site sends", async () => {
        const browser = scene.browser();
        const { headers } = await browser.ask(`${scene.url}/login`);
        const [cookie = ""] = headers.getSetCookie();
        assert.match(cookie, /; HttpOnly/);
        assert.match(cookie, /; SameSite=Lax/);
        assert.match(cookie, /; Path=\//);
    });

    it("takes an answer of the provider only in the browser that asked for it", async () => {
        const victim = scene.browser();
        const attacker = scene.browser();
        await attacker.go(`${scene.url}/login`);
        const fromURI = new URL(attacker.page.url).searchParams.get("fromURI") ?? "";
        const { headers } = await attacker.ask(`${scene.okta.url}/login/login.htm`, {
            ...post({}, String(new URLSearchParams({ login: LEA, fromURI }))),
        });
        const authorized = await attacker.ask(new URL(headers.get("location") ?? "", scene.okta.url).href);
        const callback = authorized.headers.get("location") ?? "";
        assert.match(callback, /callback\?code=/);
        assert.equal((await victim.ask(callback)).status, 400);
        await victim.go(`${scene.url}/login`);
        assert.equal((await victim.ask(callback)).status, 400, "with a sign-in of their own under way");
        assert.equal((await victim.ask(`${scene.url}/api/v1/me`)).status, 401);
    });

    it("takes an answer of the provider once", async () => {
        const browser = scene.browser();
        const { host } = new URL(scene.url);
        await browser.go(`${scene.url}/login`);
        const login = new Map(browser.cookies.get(host));
        const fromURI = new URL(browser.page.url).searchParams.get("fromURI") ?? "";
        const chosen = await browser.ask(
            `${scene.okta.url}/login/login.htm`,
            post({}, String(new URLSearchParams({ login: ANA, fromURI }))),
        );
        const authorized = await browser.ask(new URL(chosen.headers.get("location") ?? "", scene.okta.url).href);
        const callback = authorized.headers.get("location") ?? "";
        assert.equal((await browser.ask(callback)).status, 303);
        const again = scene.browser();
        again.cookies.set(host, login);
        assert.equal((await again.ask(callback)).status, 400);
    });

    const ELSEWHERE = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/device?user_code=A&x=//evil.example",
        "javascript:alert(1)",
        "/%2f%2fevil.example",
        "/callback",
    ];
    for (const target of ELSEWHERE) {
        it(`leads to no other place after a sign-in: ${target}`, async () => {
            const browser = scene.browser();
            await browser.go(`${scene.url}/login?return=${encodeURIComponent(target)}`);
            const fromURI = new URL(browser.page.url).searchParams.get("fromURI") ?? "";
            await browser.submit("/login/login.htm", { login: ANA, fromURI });
            assert.equal(browser.page.url, `${scene.url}/`);
        });
    }

    const FORGED: Readonly<Record<string, readonly [string, string]>> = {
        "203.0.113.7": ["203.0.113.7", "one address"],
        "198.51.100.1, 203.0.113.7": ["203.0.113.7", "an address that the visitor made up in front"],
        "203.0.113.7, 127.0.0.1": ["203.0.113.7", "a second trusted proxy behind"],
    };
    for (const [header, [address, what]] of Object.entries(FORGED)) {
        it(`reads X-Forwarded-For from the right: ${what}`, async () => {
            const { text } = await scene.browser().go(`${scene.url}/`, { headers: { "x-forwarded-for": header } });
            assert.match(text, new RegExp(`You come from <b class="address">${address}</b>`));
        });
    }

    for (const header of ["", "unknown", "203.0.113.7:443", "1.1.1", "127.0.0.1", "203.0.113.7, junk"]) {
        it(`refuses a proxy that does not say whom it speaks for: ${JSON.stringify(header)}`, async () => {
            const { status } = await scene.browser().go(`${scene.url}/`, { headers: { "x-forwarded-for": header } });
            assert.equal(status, 409);
        });
    }

    it("refuses a request with two names, in whatever order", async () => {
        const { host, port } = new URL(scene.url);
        for (const names of [
            [host, "evil.example"],
            ["evil.example", host],
            [host, host],
        ]) {
            const socket = connect(Number(port), "127.0.0.1");
            const headers = names.map((name) => `Host: ${name}\r\n`).join("");
            socket.end(`GET /api/v1/openapi.json HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
            let text = "";
            for await (const data of socket) text += String(data);
            assert.match(text, /^HTTP\/1\.1 400 [\s\S]*"detail":"the header Host is there twice"/);
        }
    });

    it("refuses requests for another host name", async () => {
        const { port } = new URL(scene.url);
        for (const host of ["evil.example", `localhost:${port}`, "", `127.0.0.1:${port}.evil.example`]) {
            assert.equal(await statusWithHost(scene.url, host), 421, host);
        }
    });

    it("shows markup in any field as text", async () => {
        const ana = await scene.person(ANA);
        const asked = await scene.api(ana, "POST", "/api/v1/grants", { ...ASK, reason: ATTACK });
        assert.equal(asked.status, 202);
        const lea = await scene.person(LEA);
        await scene.api(lea, "POST", `/api/v1/requests/${asked.body.id}`, { decision: "deny", note: ATTACK });
        for (const browser of [ana, lea]) {
            const { text } = await browser.go(`${scene.url}/?done=${encodeURIComponent(ATTACK)}`);
            assert.doesNotMatch(text, /<img|<script>|onerror=alert\(1\)>/);
        }
        const refused = await ana.go(`${scene.url}/do/requests/${encodeURIComponent(ATTACK)}`, {
            ...post(
                { origin: scene.url, accept: "text/html" },
                `_csrf=${ana.csrf()}&decision=${encodeURIComponent(ATTACK)}`,
            ),
        });
        assert.doesNotMatch(refused.text, /<img|<script>/);
    });

    it("answers under headers that let in no other script, frame or host", async () => {
        const ana = await scene.person(ANA);
        const { headers } = ana.page;
        const policy = headers.get("content-security-policy") ?? "";
        assert.match(policy, /default-src 'none'/);
        assert.match(policy, /script-src 'self'/);
        assert.doesNotMatch(policy, /unsafe/);
        assert.match(policy, /frame-ancestors 'none'/);
        assert.equal(headers.get("x-frame-options"), "DENY");
        assert.equal(headers.get("x-content-type-options"), "nosniff");
        assert.equal(headers.get("cache-control"), "no-store");
        assert.equal(headers.get("access-control-allow-origin"), null);
    });

    it("has no inline code, and stays below 60 kB with all that it needs", async () => {
        const ana = await scene.person(ANA);
        const { text } = ana.page;
        assert.doesNotMatch(text, /<style|<script>|<[^>]*\s(on\w+|style)=/);
        const assets = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
        assert.equal(assets.length, 2);
        let bytes = Buffer.byteLength(text);
        for (const path of assets) bytes += Buffer.byteLength((await ana.ask(`${scene.url}${path}`)).text);
        assert.ok(bytes < 60_000, `${bytes} bytes`);
    });

    it("does not tell an access that there is from one that there is not", async () => {
        const ana = await scene.person(ANA);
        const [hidden, missing] = [
            await scene.api(ana, "POST", "/api/v1/grants", { access: "secret-project" }),
            await scene.api(ana, "POST", "/api/v1/grants", { access: "no-such-thing" }),
        ];
        const shape = ({ status, body }: typeof hidden) => [status, body.code, body.detail.replace(/"[^"]*"/, "X")];
        assert.deepEqual(shape(hidden), shape(missing));
        assert.equal(hidden.status, 403);
    });

    it("does not tell somebody else's grant from one that there is not", async () => {
        const [ana, lea] = [await scene.person(ANA), await scene.person(LEA)];
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        for (const id of [body.id, "g-000000000000000000000000"]) {
            assert.equal((await scene.api(lea, "DELETE", `/api/v1/grants/${id}`)).status, 404);
            assert.equal((await scene.api(lea, "PATCH", `/api/v1/grants/${id}`, { duration: "5h" })).status, 404);
        }
    });

    it("grants nobody an address that is not theirs", async () => {
        const ana = await scene.person(ANA);
        const asked = { access: "payroll", address: "203.0.113.200", reason: "x" };
        for (const user of ["00uAna", "00uLea", undefined]) {
            const { status } = await scene.api(ana, "POST", "/api/v1/grants", { ...asked, user });
            assert.equal(status, 403, user);
        }
        const header = await scene.api(
            ana,
            "POST",
            "/api/v1/grants",
            { access: "payroll" },
            { "x-real-ip": "1.2.3.4" },
        );
        assert.deepEqual(header.body.addresses, ["203.0.113.7"]);
    });

    it("lets nobody approve their own request, in a second session either", async () => {
        const lea = await scene.person(LEA);
        const { body } = await scene.api(lea, "POST", "/api/v1/grants", ASK);
        const again = await scene.person(LEA);
        const answer = await scene.api(again, "POST", `/api/v1/requests/${body.id}`, { decision: "approve" });
        assert.deepEqual([answer.status, answer.body.code], [403, "ZK802"]);
    });

    it("lets no number of small steps go past the longest duration", async () => {
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", duration: "7h" });
        const steps = ["7h30m", "8h", "8h1m", "9h", "8h"];
        const statuses: number[] = [];
        for (const duration of steps) {
            statuses.push((await scene.api(ana, "PATCH", `/api/v1/grants/${body.id}`, { duration })).status);
        }
        assert.deepEqual(statuses, [200, 200, 422, 422, 200]);
    });

    it("creates once for an Idempotency-Key, and refuses it with another body", async () => {
        const ana = await scene.person(ANA);
        const before = (await grants()).length;
        const key = { "idempotency-key": "a-key" };
        const ask = (duration: string) =>
            scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", duration }, key);
        const [first, second, other] = [await ask("1h"), await ask("1h"), await ask("2h")];
        assert.deepEqual([first.status, second.status, other.status], [201, 201, 422]);
        assert.equal(first.body.id, second.body.id);
        assert.equal(other.body.code, "ZK807");
        assert.equal((await grants()).length, before + 1);
    });

    it("creates once where the same key comes twenty times at once", async () => {
        const ana = await scene.person(ANA);
        const before = (await grants()).length;
        const key = { "idempotency-key": "all-at-once" };
        const ask = () => scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" }, key);
        const ids = new Set((await Promise.all(Array.from({ length: 20 }, ask))).map(({ body }) => body.id));
        assert.equal(ids.size, 1);
        assert.equal((await grants()).length, before + 1);
    });

    const BODIES: Readonly<Record<string, readonly [string, string, number]>> = {
        "is no JSON": ["application/json", "{", 400],
        "is a list": ["application/json", "[]", 400],
        "is null in effect": ["application/json", "null", 422],
        "has a field that there is not": [
            "application/json",
            '{"access":"payroll","expiresAt":"2027-01-01T00:00:00Z"}',
            400,
        ],
        "has a prototype": ["application/json", '{"access":"payroll","__proto__":{"isAdmin":true}}', 400],
        "has a duration of nonsense": ["application/json", '{"access":"payroll","duration":"8"}', 422],
        "has a duration that is too long": ["application/json", '{"access":"payroll","duration":"9h"}', 422],
        "has a negative duration": ["application/json", '{"access":"payroll","duration":"-1h"}', 422],
        "has an access of another type": ["application/json", '{"access":["payroll"]}', 422],
        "is larger than 64 KiB": ["application/json", `{"access":"${"x".repeat(70_000)}"}`, 413],
        "is of another type": ["text/plain", '{"access":"payroll"}', 415],
        "is XML": ["application/xml", "<access/>", 415],
        "is a form with a field twice": ["application/x-www-form-urlencoded", "access=payroll&access=production", 400],
    };
    for (const [how, [type, body, status]] of Object.entries(BODIES)) {
        it(`answers ${status} with a problem document to a body that ${how}`, async () => {
            const ana = await scene.person(ANA);
            const headers = { origin: scene.url, "x-csrf-token": ana.csrf(), "content-type": type, accept: "*/*" };
            const answer = await ana.ask(`${scene.url}/api/v1/grants`, { method: "POST", headers, body });
            assert.equal(answer.status, status, answer.text);
            assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
            const problem = JSON.parse(answer.text);
            assert.deepEqual(Object.keys(problem).sort(), ["code", "detail", "status", "title", "type"]);
            assert.doesNotMatch(answer.text, /at .*\.ts|node_modules/);
        });
    }

    it("cannot be made to write a header of somebody's choice", async () => {
        const answer = await scene
            .browser()
            .ask(`${scene.url}/login?return=${encodeURIComponent("/\r\nset-cookie: a=b")}`);
        assert.equal(
            answer.headers.getSetCookie().some((cookie) => cookie.startsWith("a=")),
            false,
        );
    });
});

/** fetch sets the header Host by itself. */
function statusWithHost(url: string, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        const headers = { host, "x-forwarded-for": "203.0.113.7" };
        request(url, { headers, setHost: false }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
        })
            .on("error", reject)
            .end();
    });
}
