import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Fault } from "../../emulator/faults/faults";
import type { Seed } from "../../emulator/seed";
import { up } from "../../rehearsal/engine";
import { main } from "../../rehearsal/main";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { processes } from "../support/processes";
import { permanent } from "../support/stacks";

interface Case {
    readonly what: string;
    readonly seed?: Seed;
    readonly config?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
    /** What Okta does instead of answering. */
    readonly fault?: Fault;
    /** The text of the grants file. */
    readonly grants?: string;
    /** The whole sentence, with `{okta}` for the address of the emulator and `{grants}` for the path of the grants file. */
    readonly says: string | RegExp;
}

const READER = { id: "00uReader00000000000", login: "reader@example.com" };
const TOKEN = "a-token-of-the-tests";

/** An access token whose claims name an app and its scopes. */
function accessToken(scopes: readonly string[]): string {
    const claims = Buffer.from(JSON.stringify({ cid: "0oaService0000000001", scp: scopes })).toString("base64url");
    return `e30.${claims}.c2ln`;
}
const READS = ["okta.networkZones.read", "okta.policies.manage"];
const ZONES = { on: { path: "/api/v1/zones" }, times: 99 };

const CASES: readonly Case[] = [
    {
        what: "ZK002: a setting that there is not",
        config: { "zonekeeper:zonename": "Staff" },
        says: /^zonekeeper:zonename is not a setting; there are zoneName, .* \[ZK002\]$/,
    },
    {
        what: "ZK002: no credential",
        env: { OKTA_API_TOKEN: "" },
        says: /^no Okta credential: set okta:apiToken .* \[ZK002\]$/,
    },
    {
        what: "ZK101: a token that the org does not know",
        seed: { tokens: [{ value: "another-token" }] },
        says: /^GET \/api\/v1\/zones\S*: 401 E0000011: Invalid token provided.* \[ZK101\]$/,
    },
    {
        what: "ZK102: a credential that may not even list zones",
        fault: { ...ZONES, do: { status: 403 } },
        says: /^GET \/api\/v1\/zones\S*: 403 E0000006: .* \[ZK102\]$/,
    },
    {
        what: "ZK103: an Okta that is out of order",
        fault: { ...ZONES, do: { status: 503 } },
        says: /^GET \/api\/v1\/zones\S*: 503.* \[ZK103\]$/,
    },
    {
        what: "ZK103: a page in place of JSON",
        fault: { ...ZONES, do: { html: true } },
        says: /^GET \/api\/v1\/zones\S*: .*JSON.* \[ZK103\]$/,
    },
    {
        what: "ZK104: an Okta that refuses the question",
        fault: { ...ZONES, do: { status: 400 } },
        says: /^GET \/api\/v1\/zones\S*: 400 E0000009: Bad Request.* \[ZK104\]$/,
    },
    {
        what: "ZK107: an admin who may only read",
        seed: { users: [READER], tokens: [{ value: TOKEN, userId: READER.id, access: "read-only" }] },
        says: "reader@example.com has only the role READ_ONLY_ADMIN, which may not write network zones and policies: give it the role Organization Administrator, then create a new credential [ZK107]",
    },
    {
        what: "ZK107: an admin of apps and help desk",
        seed: {
            users: [READER],
            tokens: [{ value: TOKEN, userId: READER.id }],
            roles: { [READER.id]: ["APP_ADMIN", "HELP_DESK_ADMIN"] },
        },
        says: /^reader@example\.com has only the role APP_ADMIN, HELP_DESK_ADMIN, which may not write .* \[ZK107\]$/,
    },
    {
        what: "ZK107: an owner without any role",
        seed: { users: [READER], tokens: [{ value: TOKEN, userId: READER.id }], roles: { [READER.id]: [] } },
        says: /^reader@example\.com has no admin role, which may not write .* \[ZK107\]$/,
    },
    {
        what: "ZK108: an OAuth app that may only read zones",
        seed: { accessTokens: [{ value: accessToken(READS), clientId: "0oaService0000000001", scopes: READS }] },
        env: { OKTA_API_TOKEN: "", OKTA_ACCESS_TOKEN: accessToken(READS) },
        says: "the OAuth app 0oaService0000000001 lacks the scopes okta.networkZones.manage, okta.policies.read: grant them to the app under Okta API Scopes, and add them to okta:scopes [ZK108]",
    },
    {
        what: "ZK112: an org on Classic Engine",
        seed: { org: { id: "00oClassic0000000001", pipeline: "v1" } },
        says: "the Okta org 00oClassic0000000001 is on Classic Engine, which has no authentication policies for apps [ZK112]",
    },
    {
        what: "ZK113: another org",
        config: { "zonekeeper:orgId": "00oAnotherOrg0000001" },
        says: /^the Okta org that answers is 00o\w{17}, but this stack is for 00oAnotherOrg0000001: .* \[ZK113\]$/,
    },
    {
        what: "ZK212: a zone name that somebody else's zone has",
        seed: { zones: [{ id: "nzoTaken000000000001", name: "Zonekeeper (dev)" }] },
        says: 'the org has a zone "Zonekeeper (dev)" already, nzoTaken000000000001, which is not in this stack: set another zonekeeper:zoneName, or adopt that zone with npx zonekeeper adopt nzoTaken000000000001 [ZK212]',
    },
    {
        what: "ZK212: the name of a shard",
        seed: { zones: [{ id: "nzoTaken000000000002", name: "Staff 2" }] },
        config: { "zonekeeper:zoneName": "Staff", "zonekeeper:shards": "2" },
        says: /^the org has a zone "Staff 2" already, nzoTaken000000000002, .* \[ZK212\]$/,
    },
    {
        what: "ZK212: the name of a zone of another type",
        seed: { zones: [{ id: "nzoTaken000000000003", name: "Abroad", type: "DYNAMIC" }] },
        config: { "zonekeeper:zoneName": "Abroad", "zonekeeper:membership": "agent" },
        says: /^the org has a zone "Abroad" already, nzoTaken000000000003, .* \[ZK212\]$/,
    },
    {
        what: "ZK401: grants that are not there",
        config: { "zonekeeper:source": "nowhere.yaml" },
        says: /nowhere\.yaml: there is no such file .* \[ZK401\]$/,
    },
    {
        what: "ZK401: half a document of grants",
        grants: '{"grants": [',
        says: /^cannot read grants from file \{grants\}: .* \[ZK401\]$/,
    },
    {
        what: "ZK401: grants of which none is usable",
        grants: '{"grants": [{"id": "g-1", "ip": "10.0.0.1", "permanent": true}]}',
        says: /\{grants\}.* \[ZK401\]$/,
    },
];

describe("a deployment that fails before anything is registered", () => {
    let scratch: string;
    before(async () => {
        scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    after(() => rm(scratch, { recursive: true, force: true }));

    for (const { what, seed = {}, config = {}, env = {}, fault, grants, says } of CASES) {
        it(`says one sentence with its code, and leaves nothing: ${what}`, async () => {
            await using okta = await startEmulator({ seed });
            if (fault !== undefined) okta.inject(fault);
            await writeFile(
                join(scratch, "grants.json"),
                grants ?? JSON.stringify({ grants: [permanent("203.0.113.7")] }),
            );
            const { ok, problems } = await deploy(okta, config, env);
            const [sentence, ...more] = problems.map((text) =>
                text.replaceAll(okta.url, "{okta}").replaceAll(join(scratch, "grants.json"), "{grants}"),
            );
            if (typeof says === "string") assert.equal(sentence, says);
            else assert.match(sentence ?? "", says);
            assert.deepEqual([ok, more, await leftInState()], [false, [], []]);
            assert.deepEqual(
                okta.requests.filter(({ method }) => method !== "GET"),
                [],
            );
        });
    }

    it("ends the command with status 1, and says the sentence last", async () => {
        await using okta = await startEmulator();
        const settings = settingsFor(okta, { "zonekeeper:orgId": "00oAnotherOrg0000001" });
        const flags = Object.entries(settings).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
        const out: string[] = [];
        const status = await main(["up", "--stack", "dev", "--state", join(scratch, "dev.json"), ...flags], {
            directory: process.cwd(),
            env: sandboxEnv(process.env, TOKEN),
            out: (text) => out.push(text),
            err: () => {},
            signal: new AbortController().signal,
        });
        assert.equal(status, 1);
        assert.match(out.join("\n"), /the Okta org that answers is 00o\w{17}, .* \[ZK113\]$/m);
        assert.doesNotMatch(out.join("\n"), /^\s+at /m);
    });

    function settingsFor(okta: Emulator, config: Case["config"]): Record<string, string> {
        const source = JSON.stringify({ type: "file", path: join(scratch, "grants.json") });
        return {
            ...{ "okta:orgName": "dev", "okta:baseUrl": "okta.com", "okta:httpProxy": okta.url },
            ...{ "zonekeeper:source": source, ...config },
        };
    }

    function deploy(okta: Emulator, config: Case["config"], env: Case["env"]) {
        return up({
            directory: process.cwd(),
            stack: "dev",
            config: settingsFor(okta, config),
            env: { ...sandboxEnv(process.env, TOKEN), ...env },
            statePath: join(scratch, "dev.json"),
            passphrase: "of the tests",
            startChild: processes.start,
        });
    }

    /** The types of what the state has, without the stack itself, which an engine puts there before it runs a program. */
    async function leftInState(): Promise<readonly string[]> {
        const path = join(scratch, "dev.json");
        if (!existsSync(path)) return [];
        const { resources } = JSON.parse(await readFile(path, "utf8")) as { resources: readonly { type: string }[] };
        return resources.map(({ type }) => type).filter((type) => type !== "pulumi:pulumi:Stack");
    }
});
