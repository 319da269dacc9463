import { strict as assert } from "node:assert";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { SMTPServer } from "smtp-server";

import { grantedText } from "../../src/core/portal/noticeText";
import type { PortalGrant } from "../../src/core/portal/types";
import { sendEmail, subjectOf } from "../../src/portal/email";
import { ANA, ASK, openPortalScene, type PortalScene } from "./scene";

interface Mail {
    readonly from: string;
    readonly to: readonly string[];
    readonly headers: string;
    readonly body: string;
}

/** A mail server of this machine that wants a password; it refuses the first messages. */
async function openMailServer(failures = 0) {
    const mails: Mail[] = [];
    let [left, heard] = [failures, () => {}];
    const server = new SMTPServer({
        hideSTARTTLS: true,
        allowInsecureAuth: true,
        onAuth({ username, password }, _session, done) {
            if (username === "portal" && password === "s3cret/") return done(null, { user: username });
            return done(new Error("no"));
        },
        onMailFrom(_address, _session, done) {
            left -= 1;
            done(left >= 0 ? Object.assign(new Error("later"), { responseCode: 451 }) : undefined);
        },
        async onData(stream, { envelope }, done) {
            const [headers = "", ...parts] = (await text(stream)).split("\r\n\r\n");
            const body = parts.join("\n\n").replace(/=\r\n/g, "");
            const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
            const unfolded = headers.replace(/\r\n[ \t]+/g, " ");
            mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), headers: unfolded, body });
            done();
            heard();
        },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.server.address() as AddressInfo;
    return {
        url: (password = "s3cret%2F") => `smtp://portal:${password}@127.0.0.1:${port}`,
        async next(): Promise<Mail> {
            if (mails.length === 0) {
                await new Promise<void>((resolve) => {
                    heard = resolve;
                });
            }
            return mails.shift() as Mail;
        },
        [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
    };
}

const EMAIL = {
    type: "email" as const,
    url: "env:SMTP_URL",
    from: "portal@example.com",
    to: ["it@example.com", "ciso@example.com"],
};

const open = (url: string) => openPortalScene({ config: { notify: [EMAIL] }, env: { SMTP_URL: url } });

/** The first message that waits, once it was tried so often. */
async function tried(scene: PortalScene, attempts: number): Promise<void> {
    for (;;) {
        const { notices } = await scene.store.read(new AbortController().signal);
        if ([...notices.values()].some((notice) => notice.attempts === attempts)) return;
        await new Promise((resolve) => setImmediate(resolve));
    }
}

describe("notifications by e-mail", () => {
    it("are sent by SMTP to everybody who is named, as text in one line of subject", async () => {
        await using server = await openMailServer();
        await using scene = await open(server.url());
        const ana = await scene.person(ANA);
        const reason = "it burns\r\nBcc: evil@example.com\r\n\r\n<b>now</b>";
        await scene.api(ana, "POST", "/api/v1/grants", { access: "production", breakGlass: true, reason });
        const { from, to, headers, body } = await server.next();
        assert.deepEqual([from, to], ["portal@example.com", ["it@example.com", "ciso@example.com"]]);
        assert.match(
            headers,
            /^Subject: Ana Anders used break-glass for Production for 30 min until \d{4}-\d\d-\d\d \d\d:\d\d UTC/m,
        );
        assert.match(headers, /^Auto-Submitted: auto-generated$/m);
        assert.match(headers, /^X-Zonekeeper-Event: break-glass$/m);
        assert.doesNotMatch(headers, /^Bcc:/im);
        assert.match(body, /it burns/);
    });

    /** Everything that ends a line for some program, or hides or turns round what follows; and how a reader sees it. */
    const BREAKS: Readonly<Record<string, readonly [text: string, shown: string]>> = {
        "a line feed": ["\n", " "],
        "both of Windows": ["\r\n", " "],
        "a carriage return": ["\r", "\\u000d"],
        "NEL (U+0085)": ["\u0085", "\\u0085"],
        "a vertical tab": ["\v", "\\u000b"],
        "a form feed": ["\f", "\\u000c"],
        "U+2028": ["\u2028", "\\u2028"],
        "U+2029": ["\u2029", "\\u2029"],
        "a zero byte": ["\0", "\\u0000"],
        "an escape": ["\u001b[8m", "\\u001b[8m"],
        "a direction mark (U+202E)": ["\u202e", "\\u202e"],
    };
    const HOLDER = { iss: "i", sub: "s", user: "ana" };
    const TIMES = { createdAtMs: 0, startsAtMs: 0, expiresAtMs: 3_600_000 };
    const told = (name: string, title: string, reason: string) => {
        const row = { ...TIMES, id: "g-1", access: "p", holder: { ...HOLDER, name }, reason };
        return grantedText(row as unknown as PortalGrant, title).text;
    };
    const FIELDS: Readonly<Record<string, (evil: string) => string>> = {
        "a person's name": (evil) => told(evil, "Payroll", "why"),
        "an access's title": (evil) => told("Ana", evil, "why"),
        "a reason": (evil) => told("Ana", "Payroll", evil),
        "a whole text": (evil) => evil,
    };
    for (const [what, [text, shown]] of Object.entries(BREAKS)) {
        it(`have a subject of one readable line, also with ${what} in any field`, async () => {
            await using server = await openMailServer();
            for (const [field, write] of Object.entries(FIELDS)) {
                const [typed, expected] = [`x${text}Bcc: evil@example.com`, `x${shown}Bcc: evil@example.com`];
                const sent = { id: "m-1", event: "granted", text: write(typed) };
                assert.equal(await sendEmail(sent, EMAIL, server.url()), undefined);
                const { headers } = await server.next();
                const [, subject = ""] = /^Subject: (.*)$/m.exec(headers) ?? [];
                assert.ok(write(expected).startsWith(subject.replace(/\.\.\.$/, "")), `${field}: ${subject}`);
                assert.ok(subject.includes(expected), `${field}: ${subject}`);
                assert.doesNotMatch(headers, /^Bcc:/im, field);
                assert.equal(subjectOf(write(typed)), subject, field);
            }
        });
    }

    it("say in body and subject what happened in one line, whatever somebody typed", async () => {
        await using server = await openMailServer();
        await using scene = await open(server.url());
        const ana = await scene.person(ANA);
        const reason = "the import fails\nLea Lead approved Production for 1 h for Ana Anders\u2028really";
        await scene.api(ana, "POST", "/api/v1/grants", { ...ASK, reason });
        const { body } = await server.next();
        const [first] = body.split("\n");
        assert.match(first ?? "", /: the import fails Lea Lead approved Production .*\\u2028really$/);
    });

    it("tell of a grant, of its end that is near, and of the end", async () => {
        await using server = await openMailServer();
        await using scene = await open(server.url());
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", duration: "1h" });
        assert.match((await server.next()).headers, /^Subject: Ana Anders has Payroll for 1 h until /m);
        scene.pass(46 * 60_000);
        const ending = await server.next();
        assert.match(ending.headers, /^Subject: Ana Anders's Payroll ends at /m);
        assert.ok(ending.body.includes(`Extend it in the portal: ${scene.url}/`), ending.body);
        scene.pass(15 * 60_000);
        assert.match((await server.next()).headers, /^Subject: Ana Anders no longer has Payroll: it reached its end$/m);
    });

    it("are sent again after a failure, under the same id, and keep nobody waiting", async () => {
        await using server = await openMailServer(1);
        await using scene = await open(server.url());
        const ana = await scene.person(ANA);
        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", ASK)).status, 202);
        await tried(scene, 1);
        const { notices } = await scene.store.read(new AbortController().signal);
        const [id] = notices.keys();
        scene.pass(10_000);
        const { headers } = await server.next();
        assert.match(headers, new RegExp(`^Message-ID: <${id}@example\\.com>$`, "m"));
        assert.match(headers, /^Subject: Ana Anders requests Production for 1 h, ticket INC-4711: the import fails$/m);
    });

    it("are given up after eight tries, with the server's answer and without the password", async () => {
        await using server = await openMailServer();
        await using scene = await open(server.url("wrong-password"));
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", ASK);
        for (let attempts = 1; attempts < 8; attempts += 1) {
            await tried(scene, attempts);
            scene.pass(3_600_000);
        }
        while (!scene.log.some((line) => /could not be sent/.test(line))) {
            await new Promise((resolve) => setImmediate(resolve));
        }
        const all = scene.log.join("");
        assert.match(all, /a message about "requested" could not be sent: the mail server answered 535/);
        assert.doesNotMatch(all, /wrong-password|s3cret/);
    });

    const WRONG = {
        "no SMTP": "https://mail.example.com",
        "no URL": "mail.example.com",
        "a server without TLS": "smtp",
    };
    for (const [what, url] of Object.entries(WRONG)) {
        it(`go nowhere over ${what}`, async () => {
            await using server = await openMailServer();
            // Over any other address than loopback nothing is said before STARTTLS, which this server has not.
            const elsewhere = server.url().replace("127.0.0.1", "0.0.0.0");
            await using scene = await open(url === "smtp" ? elsewhere : url);
            const ana = await scene.person(ANA);
            await scene.api(ana, "POST", "/api/v1/grants", ASK);
            await tried(scene, 1);
        });
    }
});
