import { strict as assert } from "node:assert";
import { generateKeyPairSync } from "node:crypto";

import { address, type Check, HEALTHY, openDoctorScene, POLICY, steady, USER, ZONE, zone } from "./doctorScene";
import { call, TOKEN } from "./scene";

const SCOPES = [
    "networkZones.read",
    "networkZones.manage",
    "policies.read",
    "apps.read",
    "logs.read",
    "roles.read",
].map((name) => `okta.${name}`);
const NOT_ASKED = "could not be checked: ";

function said(checks: ReadonlyMap<string, Check>, code: string) {
    const { status, detail } = checks.get(code) ?? assert.fail(`no check ${code}`);
    return { status, detail };
}

describe("zonekeeper doctor goes on", () => {
    it("with one failure where there is no Okta, and asks no further", async () => {
        const { status, out, err } = await call(["doctor", "--okta", "http://127.0.0.1:1", "--zone", ZONE, "--json"]);
        const { checks } = JSON.parse(out) as { checks: Check[] };
        assert.deepEqual([status, err], [1, []]);
        const failed = checks.filter((check) => check.status === "fail");
        assert.deepEqual(
            failed.map(({ code }) => code),
            ["ZK103"],
        );
        assert.match(
            failed[0]?.detail ?? "",
            /^GET \/\.well-known\/okta-organization: no answer from http:\/\/127\.0\.0\.1:1/,
        );
        const warned = checks.filter((check) => check.status === "warn");
        assert.ok(warned.length > 15);
        for (const { detail, remedy } of warned) {
            assert.deepEqual([detail, remedy], [`${NOT_ASKED}Okta cannot be reached`, "See to ZK103 first."]);
        }
    });

    it("past one request that fails, and not past a second", async () => {
        await using scene = await openDoctorScene();
        scene.okta.inject({ on: { path: "/roles" }, times: 3, do: { status: 500 } });
        const once = await scene.checks(["--zone", ZONE]);
        assert.deepEqual([once.get("ZK107")?.status, once.get("ZK301")?.status], ["warn", "ok"]);
        scene.okta.inject({ on: { path: "/roles" }, times: 3, do: { status: 500 } });
        scene.okta.inject({ on: { path: "/api-tokens" }, times: 3, do: { status: 500 } });
        const twice = await scene.checks(["--zone", ZONE]);
        assert.deepEqual(said(twice, "ZK301"), { status: "warn", detail: `${NOT_ASKED}Okta cannot be reached` });
    }).timeout(10_000);

    for (const [scope, codes] of [
        ["okta.policies.read", ["ZK301", "ZK302", "ZK303", "ZK304", "ZK305", "ZK306", "ZK307"]],
        ["okta.apps.read", ["ZK304", "ZK305"]],
        ["okta.logs.read", ["ZK602"]],
        ["okta.roles.read", []],
    ] as const) {
        it(`without the scope ${scope}, and says that it is needed`, async () => {
            const scopes = SCOPES.filter((name) => name !== scope);
            const seed = { ...HEALTHY, accessTokens: [{ value: jwt({ scp: scopes, cid: "0oa1" }), scopes }] };
            await using scene = await openDoctorScene({ seed: { ...seed, oauthClients: [APP] } });
            const checks = await scene.checks(["--zone", ZONE], {
                OKTA_ACCESS_TOKEN: jwt({ scp: scopes, cid: "0oa1" }),
            });
            const needing = [...checks.values()].filter(({ detail }) =>
                detail.startsWith(`${NOT_ASKED}needs the scope ${scope}, or a role that may read /`),
            );
            const expected = scope === "okta.roles.read" ? ["ZK107"] : codes;
            assert.deepEqual(needing.map(({ code }) => code).sort(), [...expected]);
            assert.equal(
                needing.every(({ status }) => status === "warn"),
                true,
            );
            const lacking = `enough for zones; to see the rest the doctor lacks ${scope}`;
            assert.deepEqual(said(checks, "ZK108"), { status: "warn", detail: lacking });
        });
    }

    it("without a scope for zones, which is a failure", async () => {
        const scopes = ["okta.networkZones.read", ...SCOPES.slice(2)];
        const token = jwt({ scp: scopes, cid: "0oa1" });
        const seed = { ...HEALTHY, oauthClients: [APP], accessTokens: [{ value: token, scopes }] };
        await using scene = await openDoctorScene({ seed });
        const checks = await scene.checks(["--zone", ZONE], { OKTA_ACCESS_TOKEN: token });
        assert.deepEqual(said(checks, "ZK108"), { status: "fail", detail: "lacks okta.networkZones.manage" });
    });

    it("with few calls left, and says how many policies it looked at", async () => {
        await using scene = await openDoctorScene({ rateLimit: 16, seed: { ...HEALTHY, policies: [], apps: [] } });
        const { detail } = said(await scene.checks(["--zone", ZONE]), "ZK301");
        assert.equal(detail, "nzo1: none of the 3 policies looked at, of 5, has a rule that names it");
        assert.equal(scene.okta.requests.filter(({ status }) => status === 429).length, 0);
    });
});

describe("zonekeeper doctor for an OAuth app", () => {
    it("names the app, its role and its scopes", async () => {
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, oauthClients: [APP] } });
        const checks = await scene.checks(["--zone", ZONE, "--policy", POLICY, "--write-test"], envOf(SCOPES));
        assert.deepEqual(
            [...checks.values()].filter(({ status }) => status !== "ok"),
            [],
        );
        assert.deepEqual(
            ["ZK106", "ZK107", "ZK108", "ZK109"].map((code) => checks.get(code)?.detail),
            [
                "the OAuth app 0oa1",
                "SUPER_ADMIN",
                SCOPES.join(", "),
                "access tokens are fetched with the app's key as they end",
            ],
        );
        assert.equal(checks.has("ZK110"), false);
    });

    it("says which scopes were not granted, and asks no further", async () => {
        await using scene = await openDoctorScene({
            seed: { ...HEALTHY, oauthClients: [{ ...APP, scopes: SCOPES.slice(0, 1) }] },
        });
        const checks = await scene.checks(["--zone", ZONE], envOf(SCOPES));
        const { status, detail } = said(checks, "ZK108");
        assert.equal(status, "fail");
        assert.match(detail, /^POST \/oauth2\/v1\/token: 400 invalid_scope: .*; grant the app the scopes /);
        assert.deepEqual(said(checks, "ZK201"), { status: "warn", detail: `${NOT_ASKED}Okta gives the app no token` });
    });

    it("says when an access token ends", async () => {
        const exp = Math.floor(Date.now() / 1000) + 3000;
        const token = jwt({ scp: SCOPES, cid: "0oa1", exp });
        const seed = { ...HEALTHY, oauthClients: [APP], accessTokens: [{ value: token, scopes: SCOPES }] };
        await using scene = await openDoctorScene({ seed });
        const checks = await scene.checks(["--zone", ZONE], { OKTA_ACCESS_TOKEN: token });
        const detail = "the access token ends at TIME, and nothing renews it";
        assert.deepEqual(said(checks, "ZK109"), { status: "warn", detail });
    });
});

describe("zonekeeper doctor --write-test", () => {
    it("writes the sentinel, sees it, and puts the zone back", async () => {
        await using scene = await openDoctorScene();
        const detail = "the sentinel of nzo1 was written, seen and put back";
        assert.deepEqual(said(await scene.checks(["--zone", ZONE, "--write-test"]), "ZK601"), { status: "ok", detail });
        const states = scene.okta.history.filter(({ zoneId }) => zoneId === ZONE).map(({ gateways }) => gateways);
        assert.deepEqual(states, [["203.0.113.7/32"], ["203.0.113.7/32", "192.0.2.0/32"], ["203.0.113.7/32"]]);
    });

    it("fails for a credential that only reads", async () => {
        const tokens = [{ value: TOKEN, userId: USER, access: "read-only" as const }];
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, tokens } });
        const { status, detail } = said(await scene.checks(["--zone", ZONE, "--write-test"]), "ZK601");
        assert.equal(status, "fail");
        assert.match(detail, /^nzo1: PUT \/api\/v1\/zones\/nzo1: 403 E0000006/);
    });

    it("tells each zone of several", async () => {
        const zones = [...HEALTHY.zones, zone("nzo2", "List", ["203.0.113.8/32"], { usage: "BLOCKLIST" })];
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, zones } });
        const checks = await scene.checks(["--zone", ZONE, "nzo2", "nzo3", "--write-test"]);
        assert.deepEqual(said(checks, "ZK601"), {
            status: "warn",
            detail: "not tried where it is not safe: nzo1, nzo2: it is a BLOCKLIST, nzo3: there is no such zone that can hold grants",
        });
    });

    it("leaves a zone alone that another admin has just written", async () => {
        await using scene = await openDoctorScene({ seed: TWO_ADMINS });
        await writeAs(scene.okta.url, "00tOtHeRaDmIn");
        const checks = await scene.checks(["--zone", ZONE, "--write-test"]);
        const busy = "not tried where it is not safe: nzo1: somebody else has written it in the last ten minutes";
        assert.deepEqual(said(checks, "ZK601"), { status: "warn", detail: busy });
        assert.deepEqual(said(checks, "ZK602"), {
            status: "warn",
            detail: "1 change in the last day, by A User (00u2), last at TIME",
        });
    });

    it("says so when somebody else wrote in the instant between its read and its write", async () => {
        await using scene = await openDoctorScene();
        const foreignWrite = { gateways: [address("203.0.113.9/32")] };
        // The third GET of the zone: after the second look, and the read before the first write.
        scene.okta.inject({ on: { method: "GET", path: `/zones/${ZONE}` }, skip: 2, do: { foreignWrite } });
        const { status, detail } = said(await scene.checks(["--zone", ZONE, "--write-test"]), "ZK601");
        assert.deepEqual(
            [status, detail],
            [
                "fail",
                "during the test somebody else wrote, and may have been undone: by A Stranger (00uStranger000000001), last at TIME",
            ],
        );
    });

    it("does not take its own account for somebody else", async () => {
        await using scene = await openDoctorScene({ seed: TWO_ADMINS });
        await writeAs(scene.okta.url, TOKEN);
        const checks = await scene.checks(["--zone", ZONE, "--write-test"]);
        assert.deepEqual([checks.get("ZK601")?.status, checks.get("ZK602")?.status], ["ok", "ok"]);
    });
});

describe("zonekeeper doctor refuses", () => {
    for (const [title, flags, says] of [
        ["a zone's id that is none", ["--zone", "nzo 1"], '--zone "nzo 1" is not an id such as nzo1a2b3c4d5e6f7g8h9'],
        [
            "a policy's id that is none",
            ["--policy", "../zones"],
            '--policy "../zones" is not an id such as rst1a2b3c4d5e6f7g8h9',
        ],
        ["a zone twice", ["--zone", ZONE, ZONE], "--zone nzo1 is given twice"],
        ["a write test of nothing", ["--write-test"], "--write-test needs the zone to write: --zone ID"],
        [
            "a source without zones",
            ["--source", "grants.yaml"],
            "--source needs the zones that its grants are for: --zone ID",
        ],
        [
            "a source that is none",
            ["--zone", ZONE, "--source", "ftp://x"],
            "the source has the scheme ftp://, but is read from file, http or https",
        ],
        ["an argument", ["nzo1"], "too many arguments for 'doctor'. Expected 0 arguments but got 1."],
        [
            "an address that is none",
            ["--okta", "ftp://acme.okta.com"],
            "the URL of Okta begins with ftp://; it has to be an https URL",
        ],
    ] as const) {
        it(title, async () => {
            assert.deepEqual(await call(["doctor", ...flags]), {
                status: 2,
                out: "",
                err: [`zonekeeper: ${says} [ZK002]`],
            });
        });
    }

    it("a call without a credential, and a key that is none", async () => {
        for (const [env, says] of [
            [{}, /^zonekeeper: no Okta credential: .* \[ZK002\]$/],
            [
                { ...envOf(SCOPES), OKTA_API_PRIVATE_KEY: "-----BEGIN NONSENSE" },
                /^zonekeeper: the private key from OKTA_API_PRIVATE_KEY .* \[ZK002\]$/,
            ],
        ] as const) {
            await using scene = await openDoctorScene();
            const { status, out, err } = await scene.doctor([], env);
            assert.deepEqual([status, out, err.length], [2, "", 1]);
            assert.match(err[0] ?? "", says);
        }
    });
});

describe("zonekeeper doctor says to people", () => {
    it("what it found, by chapter, and what to do", async () => {
        await using scene = await openDoctorScene({ rateLimit: 60, aheadMs: 40_000, grants: "grants: [}" });
        const { status, out } = await scene.doctor(["--zone", ZONE, "--source", "grants.yaml"]);
        assert.equal(status, 1);
        const lines = steady(out, scene.okta.url).replaceAll(scene.directory, "DIR").split("\n");
        assert.deepEqual(lines.slice(0, 3), [
            "The way to Okta",
            "  ok    ZK103  Okta answers              http://okta is the org 00oEGuKuMCsDVI1qrkPS in the cell op3",
            "  ok    ZK101  credential                Okta accepts the API token from OKTA_API_TOKEN",
        ]);
        assert.deepEqual(lines.slice(8, 10), [
            "  warn  ZK111  clock                     40 s behind Okta's",
            "               -> Let the machine follow a time server (timedatectl set-ntp true).",
        ]);
        const grants = lines.slice(lines.indexOf("Grants"), lines.indexOf("Limits"));
        assert.match(grants[1] ?? "", /^ {2}fail {2}ZK401 {2}source {20}cannot read grants from file grants\.yaml: /);
        assert.deepEqual(
            [grants[0], ...grants.slice(2)],
            [
                "Grants",
                "               -> Mend the source as the message says, and run again.",
                "  warn  ZK402  usable grants and 2 more  could not be checked: the grants cannot be read",
                "               -> See to ZK401 first.",
                "",
            ],
        );
        assert.equal(lines.at(-1), "31 checks: 25 ok, 5 warnings, 1 failure. What a code means is in docs/errors.");
    });
});

const TWO_ADMINS = {
    ...HEALTHY,
    users: [...HEALTHY.users, { id: "00u2", login: "bob@example.com" }],
    tokens: [...HEALTHY.tokens, { value: "00tOtHeRaDmIn", userId: "00u2" }],
};

async function writeAs(url: string, token: string): Promise<void> {
    const response = await fetch(`${url}/api/v1/zones/${ZONE}`, {
        method: "PUT",
        headers: { authorization: `SSWS ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ type: "IP", name: "Staff", gateways: [address("203.0.113.8/32")] }),
    });
    assert.equal(response.status, 200);
}

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const JWK = { ...publicKey.export({ format: "jwk" }), kty: "EC" as const, d: undefined };
const APP = {
    clientId: "0oa1",
    keys: [JWK],
    scopes: SCOPES,
};

function envOf(scopes: readonly string[]) {
    return { OKTA_API_CLIENT_ID: "0oa1", OKTA_API_PRIVATE_KEY: PEM, OKTA_API_SCOPES: scopes.join(",") };
}

/** A token that says something of itself; nobody signed it. */
function jwt(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}
