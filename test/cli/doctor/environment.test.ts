import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { request as ask, type RequestListener } from "node:http";
import { join } from "node:path";

import { certificateLasts } from "../../../src/core/doctor/way";
import { HEALTHY as FACTS } from "../../core/doctor/healthy";
import { plainServer, tlsServer } from "../../outgoing/servers";
import { newAuthority } from "../../support/certificates";
import { run } from "../../support/run";
import { call, TOKEN } from "../scene";
import { type Check, type DoctorScene, HEALTHY, openDoctorScene, said, ZONE } from "./scene";

const SECRET = "tHe-AgEnTs-ToKeN-0123456789";
const AUTHORITY = newAuthority();

describe("zonekeeper doctor, about ThreatInsight", () => {
    const WATCHES =
        "ThreatInsight refuses addresses that it takes for suspicious before any policy, also granted ones " +
        "(the System Log has security.threat.detected then)";
    for (const [action, excludeZones, detail] of [
        ["none", [], "ThreatInsight refuses nobody"],
        ["audit", [], "ThreatInsight refuses nobody"],
        ["block", [], WATCHES],
        ["block", [ZONE], "ThreatInsight blocks suspicious addresses, and leaves these zones alone"],
    ] as const) {
        it(`tells what it does: ${action}, leaving alone ${excludeZones.join() || "nobody"}`, async () => {
            await using scene = await openDoctorScene({
                seed: { ...HEALTHY, threats: { action, excludeZones: [...excludeZones] } },
            });
            assert.deepEqual(said(await scene.checks(["--zone", ZONE]), "ZK309"), { status: "ok", detail });
        });
    }

    it("says nothing of it where it may not be read", async () => {
        const faults = [{ on: { path: "/api/v1/threats/configuration" }, do: { status: 403 } }];
        await using scene = await openDoctorScene({ faults });
        assert.equal((await scene.checks(["--zone", ZONE])).has("ZK309"), false);
    });
});

describe("zonekeeper doctor, about whose the credential is", () => {
    it("takes a token that may not even ask for itself for one that is bound to zones", async () => {
        await using scene = await openDoctorScene({
            faults: [{ on: { path: "/api/v1/users/me" }, do: { status: 403 } }],
        });
        const checks = await scene.checks(["--zone", ZONE]);
        const { status, detail } = said(checks, "ZK110");
        assert.equal(status, "fail");
        assert.match(detail, /^Okta refuses to say even whose it is \(403\)/);
        assert.equal(said(checks, "ZK106").status, "warn");
    });
});

describe("zonekeeper doctor, about the certificate of the org's server", () => {
    for (const [days, status, detail] of [
        [90, "ok", /^the certificate of ".*", issued by ".*", until \S+$/],
        [5, "warn", /^the certificate of ".*", issued by ".*", ends at \S+$/],
        [-2, undefined, undefined],
    ] as const) {
        it(`tells of one that ends in ${days} days`, async () => {
            await using scene = await openDoctorScene();
            await using server = await tlsServer(AUTHORITY.issue(["127.0.0.1"], [-9, days]), passedOnTo(scene));
            const checks = await checksOver(`https://127.0.0.1:${server.port}`, scene);
            if (detail === undefined) {
                const { status: answers, detail: why } = said(checks, "ZK103");
                assert.equal(answers, "fail");
                assert.match(why, /its TLS certificate has expired, since \S+; its operator has to renew it/);
                assert.match(checks.get("ZK103")?.remedy ?? "", /^Do what the message says/);
                const asked = ["why", "ana@example.com", "--zone", "nzo1", "--source", "grants.yaml", "--json"];
                const okta = ["--okta", `https://127.0.0.1:${server.port}`];
                const { because, next } = JSON.parse((await call([...asked, ...okta], scene)).out);
                assert.match(because, /^the zones could not be read: .*: its TLS certificate has expired, since/);
                assert.match(next, /^Do what the message says/);
            } else {
                const found = said(checks, "ZK116");
                assert.equal(found.status, status);
                assert.match(found.detail, detail);
            }
        });
    }
});

describe("certificateLasts", () => {
    const certificate = { subject: "acme.okta.com", issuer: "A CA" };
    const of = (validFrom: string, validTo: string) => [{ ...certificate, validFrom, validTo }];
    const NOW = Date.parse("2026-11-30T00:00:00Z");
    for (const [title, connection, status, detail] of [
        ["a certificate that is not valid yet", { certificates: of("2026-12-02", "2027-12-02") }, "fail", /begins at/],
        ["one that has expired", { certificates: of("2025-12-02", "2026-11-29") }, "fail", /has expired at/],
        ["one that is valid", { certificates: of("2025-12-02", "2027-11-29") }, "ok", /until 2027-11-29$/],
        ["nothing over http", { certificates: undefined }, undefined, /^$/],
        [
            "certificates that are not checked",
            { certificates: undefined, trustsAnybody: true },
            "fail",
            /^NODE_TLS_REJECT_UNAUTHORIZED=0 is set/,
        ],
        [
            "authorities that cannot be read",
            {
                certificates: of("2025-12-02", "2027-11-29"),
                authorities: { file: "/it.pem", problem: "there is no such file" },
            },
            "warn",
            /^NODE_EXTRA_CA_CERTS names \/it\.pem: there is no such file, so only Node's own authorities are trusted$/,
        ],
        [
            "authorities that can be read",
            { certificates: of("2025-12-02", "2027-11-29"), authorities: { file: "/it.pem" } },
            "ok",
            /until 2027-11-29$/,
        ],
    ] as const) {
        it(`judges ${title}`, () => {
            const verdict = certificateLasts({ ...FACTS, connection: { proxy: undefined, ...connection }, nowMs: NOW });
            assert.equal(verdict?.status, status);
            assert.match(verdict?.detail ?? "", detail);
        });
    }
});

describe("certificateLasts, of a certificate that has not ended", () => {
    const certificates = [
        { subject: "a", issuer: "A CA", validFrom: "2025-12-02T00:00:00Z", validTo: "2027-11-29T00:00:00Z" },
    ];
    for (const [problem, status] of [
        ["its TLS certificate is for other.example, not for acme.okta.com; check the address", "fail"],
        ["its TLS certificate is self-signed; if it is meant to be, set NODE_EXTRA_CA_CERTS to a PEM file", "fail"],
        ['its TLS certificate is from the authority "A CA" that is not known here; if it is your own, set it', "fail"],
        ["the connection was lost (ECONNRESET)", "ok"],
    ] as const) {
        it(`is ${status} where Okta is not reached because ${problem}`, () => {
            const message = `GET /x: no answer from https://acme.okta.com: ${problem}`;
            const unknown = { name: "okta-unreachable" as const, reason: "r", remedy: "m", message };
            const facts = { ...FACTS, organization: { unknown }, connection: { proxy: undefined, certificates } };
            assert.equal(certificateLasts({ ...facts, nowMs: Date.parse("2026-11-30T00:00:00Z") })?.status, status);
        });
    }
});

describe("zonekeeper doctor --config, about the agent", () => {
    const status = (changes: object) => ({
        isLeading: true,
        notReady: [],
        grants: [],
        holds: [],
        source: { healthy: true, lastReadAt: "2026-11-30T00:00:00Z" },
        ...changes,
    });
    for (const [what, answer, expected, detail] of [
        ["one that leads", status({}), "ok", /^the agent at \S+ leads, and all is in force$/],
        [
            "one that stands by",
            status({ isLeading: false, notReady: ["another agent leads"] }),
            "warn",
            /^the agent at \S+ does not lead: another agent leads$/,
        ],
        [
            "one that leads and cannot write",
            status({ notReady: ["the last round failed"] }),
            "warn",
            /^the agent at \S+ leads, and not all is in force: the last round failed$/,
        ],
        [
            "something else",
            { hello: 1 },
            "warn",
            /^no agent could be asked at \S+: what answers there is not an agent$/,
        ],
        ["nobody", undefined, "warn", /^no agent could be asked at 127\.0\.0\.1:1: nothing listens there$/],
    ] as const) {
        it(`asks ${what}`, async () => {
            await using scene = await openDoctorScene();
            await using agent = await answering(answer);
            const listen = answer === undefined ? "127.0.0.1:1" : `127.0.0.1:${agent.port}`;
            await scene.write("agent.json", {
                okta: { url: scene.okta.url },
                zones: [ZONE],
                source: { type: "file", path: "grants.yaml" },
                listen,
                state: "state",
                token: "env:AGENT_TOKEN",
            });
            const env = { OKTA_API_TOKEN: TOKEN, AGENT_TOKEN: SECRET };
            const found = said(await scene.checks(["--config", "agent.json"], env), "ZK701");
            assert.equal(found.status, expected);
            assert.match(found.detail, detail);
        });
    }

    it("is not asked without a configuration, and none of its settings is given twice", async () => {
        await using scene = await openDoctorScene();
        assert.equal((await scene.checks(["--zone", ZONE])).has("ZK701"), false);
        await scene.write("agent.json", { zones: [ZONE], source: "grants.yaml", state: "state" });
        const { status, err } = await scene.doctor(["--config", "agent.json", "--zone", ZONE]);
        const says = "--zone is in the configuration already: leave it out with --config";
        assert.deepEqual([status, err], [2, [`zonekeeper: ${says} [ZK002]`]]);
    });
});

/** The findings of a process that trusts our authority, as Node reads those as it starts. */
async function checksOver(url: string, { directory }: DoctorScene): Promise<Map<string, Check>> {
    const authority = join(directory, "authority.pem");
    await writeFile(authority, AUTHORITY.certificate);
    const env = { NODE_EXTRA_CA_CERTS: authority, OKTA_API_TOKEN: TOKEN };
    const ran = await run(["bin/zonekeeper.cjs", "doctor", "--zone", ZONE, "--okta", url, "--json"], { env });
    const { checks } = JSON.parse(ran.stdout) as { checks: Check[] };
    return new Map(checks.map((check) => [check.code, check]));
}

/** Passes a request on to the emulator, over plain http. */
function passedOnTo({ okta }: DoctorScene): RequestListener {
    return (request, response) => {
        const { method, url = "/", headers } = request;
        const asked = ask(`${okta.url}${url}`, { method, headers }, (answer) => {
            response.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(response);
        });
        request.pipe(asked);
    };
}

/** What listens where the agent is said to. */
async function answering(answer: object | undefined) {
    return plainServer((_request, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
    });
}
