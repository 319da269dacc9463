import { strict as assert } from "node:assert";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { SMTPServer } from "smtp-server";

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
    type: "email",
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
