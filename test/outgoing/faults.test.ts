import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { newAuthority, selfSigned } from "../support/certificates";
import { run } from "../support/run";
import type { Job } from "./asker";
import {
    closingServer,
    connectProxy,
    type Listening,
    openedTogether,
    plainServer,
    resettingServer,
    tlsServer,
} from "./servers";

/** Asks in a process that trusts one authority besides those that Node does, since Node reads them as it starts. */
async function ask(jobs: readonly Job[], trusted: string): Promise<string[]> {
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    try {
        const file = join(directory, "authority.pem");
        await writeFile(file, trusted);
        const env = { NODE_EXTRA_CA_CERTS: file };
        const ran = await run(["-r", "./preload.cjs", "test/outgoing/asker.ts"], { env, input: JSON.stringify(jobs) });
        assert.deepEqual([ran.status, ran.stderr], [0, ""]);
        return JSON.parse(ran.stdout);
    } finally {
        await rm(directory, { recursive: true });
    }
}

const answering: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.stringify({ grants: [], got: Buffer.concat(chunks).toString() });
    response.writeHead(200, { "content-type": "application/json" }).end(body);
};
const AUTHORITY = newAuthority();
const HOST = "127.0.0.1";
const MOMENT = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z`;

describe("a failure of TLS says what it is", () => {
    const expired = () => tlsServer(AUTHORITY.issue([HOST], [-9, -2]), answering);
    const stranger = newAuthority("Corp Root");
    const old = { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const table: [kind: string, open: () => Promise<Listening>, words: RegExp][] = [
        [
            "expired",
            expired,
            new RegExp(
                `its TLS certificate has expired, since ${MOMENT}; its operator has to renew it, unless the clock here is wrong$`,
            ),
        ],
        [
            "not yet valid",
            () => tlsServer(AUTHORITY.issue([HOST], [2, 9]), answering),
            new RegExp(`its TLS certificate is not yet valid: it begins at ${MOMENT}; check the clock here$`),
        ],
        [
            "self-signed",
            () => tlsServer(selfSigned([HOST]), answering),
            /its TLS certificate is self-signed; if it is meant to be, set NODE_EXTRA_CA_CERTS to a PEM file with it, and start again$/,
        ],
        [
            "of an unknown authority",
            () => tlsServer(stranger.issue([HOST]), answering),
            /its TLS certificate is from the authority "Corp Root" that is not known here; if a proxy opens TLS, or it is your own, set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of that authority, and start again$/,
        ],
        [
            "of an unknown authority that it shows",
            () => {
                const { certificate, key } = stranger.issue([HOST]);
                return tlsServer({ certificate: `${certificate}${stranger.certificate}`, key }, answering);
            },
            /is from the authority "Corp Root" that is not known here/,
        ],
        [
            "for another host",
            () => tlsServer(AUTHORITY.issue(["grants.example.com", "192.0.2.1"]), answering),
            /its TLS certificate is for grants\.example\.com, 192\.0\.2\.1, not for 127\.0\.0\.1; check the address$/,
        ],
        [
            "too old a protocol",
            () => tlsServer(AUTHORITY.issue([HOST]), answering, old),
            /it has no version of TLS in common with us: 1\.2 or later is needed$/,
        ],
        [
            "plain http",
            () => plainServer(answering),
            /what answers on this port does not speak TLS, but perhaps plain http; check the port and the address$/,
        ],
        [
            "closed in the handshake",
            closingServer,
            /it closed the connection during the TLS handshake; a firewall may have done so, or the port is another one's( \(asked 3 times\))?$/,
        ],
        [
            "reset in the handshake",
            resettingServer,
            /it, or a firewall before it, reset the connection during the TLS handshake; check the port, and ask the operator of the firewall(; whether Okta has carried it out only reading can tell)?( \(asked 3 times\))?$/,
        ],
        [
            "a certificate of the client",
            () =>
                tlsServer(AUTHORITY.issue([HOST]), answering, {
                    requestCert: true,
                    rejectUnauthorized: true,
                    ca: stranger.certificate,
                    maxVersion: "TLSv1.2",
                }),
            /it refused the TLS handshake: there is no cipher in common, or it wants a certificate of the client$/,
        ],
    ];

    it("names the file of NODE_EXTRA_CA_CERTS, and what is wrong with it", async () => {
        await using stack = openedTogether();
        const url = `https://${HOST}:${stack.use(await tlsServer(selfSigned([HOST]), answering)).port}`;
        const files: [file: string, words: string][] = [
            ["/nowhere/it.pem", "correct NODE_EXTRA_CA_CERTS, which names /nowhere/it.pem: there is no such file"],
            ["/", "correct NODE_EXTRA_CA_CERTS, which names /: it is a folder"],
            [
                "package.json",
                "correct NODE_EXTRA_CA_CERTS, which names package.json: it holds no certificate in PEM form",
            ],
            ["", "set NODE_EXTRA_CA_CERTS to a PEM file with it, and start again"],
        ];
        const jobs = files.flatMap(([file]): Job[] =>
            (["okta", "source"] as const).map((what) => ({ what, url, env: { NODE_EXTRA_CA_CERTS: file } })),
        );
        const said = await ask(jobs, AUTHORITY.certificate);
        for (const [index, [, words]] of files.entries()) {
            const whole = `its TLS certificate is self-signed; if it is meant to be, ${words}`;
            assert.ok(said[2 * index]?.endsWith(whole), said[2 * index]);
            assert.ok(said[2 * index + 1]?.endsWith(whole), said[2 * index + 1]);
        }
    });

    it("to Okta and to a source, each kind in its own words", async () => {
        await using stack = openedTogether();
        const ports: number[] = [];
        for (const [, open] of table) ports.push(stack.use(await open()).port);
        const good = stack.use(await tlsServer(AUTHORITY.issue([HOST]), answering)).port;
        const urls = ports.map((port) => `https://${HOST}:${port}`);
        const jobs = [...urls, `https://${HOST}:${good}`].flatMap((url): Job[] =>
            (["okta", "source"] as const).map((what) => ({ what, url, env: {} })),
        );
        const said = await ask(jobs, AUTHORITY.certificate);
        for (const [index, [kind, , words]] of table.entries()) {
            assert.match(said[2 * index] ?? "", words, `okta, ${kind}: ${said[2 * index]}`);
            assert.match(said[2 * index + 1] ?? "", words, `source, ${kind}: ${said[2 * index + 1]}`);
        }
        // The authority of NODE_EXTRA_CA_CERTS is trusted, by both.
        assert.deepEqual(said.slice(-2), ['{"grants":[],"got":"{\\"name\\":\\"Stäff\\"}"}', "0 grants"]);
    });
});

describe("a proxy", () => {
    const HOSTS = ["acme.okta.test", "grants.test", "late.test"];

    it("is used for Okta and for sources, but for this machine and what NO_PROXY names, and each refusal is reported", async () => {
        await using stack = openedTogether();
        const server = stack.use(await tlsServer(AUTHORITY.issue(HOSTS), answering)).port;
        const late = stack.use(await tlsServer(AUTHORITY.issue(["late.test"], [-9, -2]), answering)).port;
        const local = stack.use(await tlsServer(AUTHORITY.issue([HOST]), answering)).port;
        const opened = stack.use(await tlsServer(newAuthority("Corp Inspection").issue(HOSTS), answering)).port;
        const opening = stack.use(
            await connectProxy({ "acme.okta.test:443": opened, "grants.test:8443": opened }),
        ).port;
        const hosts = { "acme.okta.test:443": server, "grants.test:8443": server, "late.test:443": late };
        const proxy = stack.use(await connectProxy(hosts));
        const refusing = async (status: number) => stack.use(await connectProxy(hosts, () => status)).port;
        const [wants, forbids, fails] = [await refusing(407), await refusing(403), await refusing(503)];
        const gone = await connectProxy({});
        await gone[Symbol.asyncDispose]();
        const through = (port: number, user = "") => ({ HTTPS_PROXY: `http://${user}${HOST}:${port}` });
        const okta = "https://acme.okta.test";
        const jobs: (Job & { readonly says: RegExp })[] = [
            {
                what: "okta",
                url: okta,
                env: through(proxy.port, "ana:s3cr3t@"),
                says: /^\{"grants":\[\],"got":"\{\\"name\\":\\"Stäff\\"\}"\}$/,
            },
            { what: "source", url: "https://grants.test:8443/g", env: through(proxy.port), says: /^0 grants$/ },
            {
                what: "source",
                url: "http://plain.test/g",
                env: { http_proxy: `${HOST}:${proxy.port}` },
                says: /^0 grants$/,
            },
            { what: "okta", url: `https://${HOST}:${local}`, env: through(gone.port), says: /^\{"grants"/ },
            {
                what: "okta",
                url: `https://${HOST}:${local}`,
                env: { ...through(gone.port), NO_PROXY: "x" },
                isHttpProxy: true,
                says: /^\{"grants"/,
            },
            {
                what: "okta",
                url: okta,
                env: { ...through(proxy.port), no_proxy: ".okta.test" },
                says: /there is no host of this name|could not be looked up/,
            },
            {
                what: "okta",
                url: okta,
                env: through(proxy.port),
                isHttpProxy: true,
                says: /there is no host of this name|could not be looked up/,
            },
            {
                what: "okta",
                url: okta,
                env: through(opening),
                says: /is from the authority "Corp Inspection" that is not known here; if a proxy opens TLS/,
            },
            {
                what: "source",
                url: "https://grants.test:8443/g",
                env: through(opening),
                says: /is from the authority "Corp Inspection" that is not known here; if a proxy opens TLS/,
            },
            {
                what: "okta",
                url: "https://late.test",
                env: through(proxy.port),
                says: new RegExp(
                    `no answer from https://late\\.test: its TLS certificate has expired, since ${MOMENT};`,
                ),
            },
            {
                what: "okta",
                url: "https://unknown.test",
                env: through(proxy.port),
                says: /the proxy http:\/\/127\.0\.0\.1:\d+ \(from HTTPS_PROXY\) could not reach unknown\.test:443 \(502\): check the name, or ask the operator of the proxy$/,
            },
            {
                what: "okta",
                url: okta,
                env: through(wants),
                says: /the proxy http:\/\/127\.0\.0\.1:\d+ \(from HTTPS_PROXY\) wants a user and a password: write them into HTTPS_PROXY, as http:\/\/user:password@host:port \(407\)$/,
            },
            {
                what: "source",
                url: "https://grants.test:8443/g",
                env: through(wants, "ana:s3cr3t@"),
                says: /does not take the user and the password in HTTPS_PROXY: check them \(407\)$/,
            },
            {
                what: "source",
                url: "http://plain.test/g",
                env: { HTTP_PROXY: `http://${HOST}:${wants}` },
                says: /wants a user and a password: write them into HTTP_PROXY/,
            },
            {
                what: "okta",
                url: okta,
                env: through(forbids),
                says: /does not allow acme\.okta\.test:443 \(403\): ask its operator, or put the host into NO_PROXY if it can be reached without$/,
            },
            {
                what: "source",
                url: "https://grants.test:8443/g",
                env: through(fails),
                says: /could not reach grants\.test:8443 \(503\)/,
            },
            {
                what: "okta",
                url: okta,
                env: through(gone.port),
                says: /the proxy http:\/\/127\.0\.0\.1:\d+ \(from HTTPS_PROXY\) cannot be used: the connection was refused; check the address, and that it runs$/,
            },
            {
                what: "okta",
                url: okta,
                env: { HTTPS_PROXY: "socks5://ana:s3cr3t@p" },
                says: /^HTTPS_PROXY is not the URL of an HTTP proxy/,
            },
            {
                what: "source",
                url: "https://grants.test/g",
                env: { HTTPS_PROXY: "http://" },
                says: /HTTPS_PROXY is not the URL of/,
            },
        ];
        const said = await ask(jobs, AUTHORITY.certificate);
        for (const [index, { says }] of jobs.entries()) assert.match(said[index] ?? "", says);
        assert.doesNotMatch(said.join("\n"), /s3cr3t/);
        assert.deepEqual(proxy.asked.slice(0, 3), [
            "CONNECT acme.okta.test:443",
            "CONNECT grants.test:8443",
            "GET http://plain.test/g",
        ]);
        assert.equal(proxy.authorizations[0], `Basic ${Buffer.from("ana:s3cr3t").toString("base64")}`);
    });
});
