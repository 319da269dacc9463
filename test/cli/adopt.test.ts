import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "@pulumi/okta/package.json";

import { parse } from "yaml";

import { formatSpan } from "../../src/core/addresses/ip";
import { importFile } from "../../src/core/adopting/adoptImport";
import { codeNamed } from "../../src/core/errors/codes";
import { readAgentSettings } from "../../src/core/settings/agentSettings";
import { call, openScene, type Scene, TOKEN } from "./scene";

const [A, B, C] = ["203.0.113.1/32", "203.0.113.3/32", "198.51.100.0/24"];
const GRANTS = JSON.stringify({
    grants: [
        { id: "a", ip: "203.0.113.1", permanent: true, labels: { app: "payroll" } },
        { id: "b", ip: "203.0.113.3", permanent: true },
        { id: "c", ip: "198.51.100.0/24", permanent: true },
        { id: "slip", ip: "203.0.113.300", permanent: true },
    ],
});
const OWN_ZONE = "use an IP zone of your own (Security > Networks > Add zone > IP zone)";

function openZones(): Promise<Scene> {
    return openScene({ nzo1: [A, B, C], nzo5: [A, "2001:db8::7"] }, GRANTS, {
        tokens: [{ value: TOKEN }],
        zones: [
            { id: "nzo2", name: "Abroad", type: "DYNAMIC" },
            { id: "nzo3", name: "LegacyIpZone", type: "IP", gateways: [], system: true },
            { id: "nzo4", name: "Bad guys", type: "IP", usage: "BLOCKLIST", gateways: [{ type: "CIDR", value: A }] },
        ],
    });
}

async function adopt(scene: Scene, ...args: string[]) {
    const called = await call(["adopt", ...args, "--okta", scene.okta.url], { directory: scene.directory });
    // Whatever it was asked, it only reads.
    assert.deepEqual(
        scene.okta.requests.filter(({ method }) => method !== "GET"),
        [],
    );
    return called;
}

/** The settings that the printed commands make, but for the id of the org, which comes last. */
function settingsIn(out: string): string[] {
    return allSettingsIn(out).filter((setting) => !setting.startsWith("orgId "));
}

function allSettingsIn(out: string): string[] {
    return [...out.matchAll(/ -- zonekeeper:(.*)/g)].map(([, setting = ""]) => setting);
}

describe("zonekeeper adopt", () => {
    it("prints the import file, and nothing else", async () => {
        await using scene = await openZones();
        const { status, out, err } = await adopt(scene, "nzo1", "--name", "staff", "--json");
        assert.deepEqual([status, err], [0, []]);
        assert.deepEqual(JSON.parse(out), importFile({ zoneId: "nzo1", name: "staff", version }));
    });

    it("prints the id of the org, so that the stack writes to no other one", async () => {
        await using scene = await openZones();
        const { id } = scene.okta.org.about;
        const { out } = await adopt(scene, "nzo1", "--stack", "production");
        assert.ok(out.includes(`pulumi config set --stack production -- zonekeeper:orgId ${id}\n`), out);
        assert.deepEqual(allSettingsIn(out).slice(-1), [`orgId ${id}`]);
    });

    for (const [title, flags, settings, fates] of [
        [
            "without a source, keeps every gateway as it is",
            [],
            [`staticGateways ${[A, B, C].join(",")}`],
            ["stays, as a static gateway: no active grant has it"],
        ],
        [
            "with a source, keeps what nobody was granted",
            ["--source", "grants.yaml"],
            [`source '{"type":"file","path":"grants.yaml"}'`],
            ["stays: granted by a"],
        ],
        [
            "counts the selected grants only",
            ["--source", "grants.yaml", "--selector", "app=payroll"],
            [
                `staticGateways ${[B, C].join(",")}`,
                `selector '{"app":"payroll"}'`,
                `source '{"type":"file","path":"grants.yaml"}'`,
            ],
            ["stays: granted by a"],
        ],
        [
            "counts no grant that is wider than the stack allows",
            ["--source", "grants.yaml", "--widest-prefix", "28"],
            [`staticGateways ${C}`, "widestPrefix 28", `source '{"type":"file","path":"grants.yaml"}'`],
            ["stays: granted by a"],
        ],
    ] as const) {
        it(title, async () => {
            await using scene = await openZones();
            const { status, out, err } = await adopt(scene, "nzo1", ...flags);
            assert.deepEqual([status, err], [0, []]);
            assert.deepEqual(settingsIn(out), ["zoneName 'Zone nzo1'", ...settings]);
            assert.deepEqual(/203\.0\.113\.1\/32 +(.*)/.exec(out)?.slice(1), fates);
        });
    }

    it("prints what sync and an agent need, where the stack leaves the gateways to them, and evicts nobody", async () => {
        await using scene = await openZones();
        const { okta, directory } = scene;
        await writeFile(join(directory, "Pulumi.production.yaml"), "config:\n  zonekeeper:membership: agent\n");
        await writeFile(join(directory, "one.yaml"), "grants: [{ id: a, ip: 203.0.113.1, permanent: true }]");
        const flags = ["--source", "one.yaml", "--stack", "production", "--widest-prefix", "28"];
        const { out } = await adopt(scene, "nzo1", ...flags);
        assert.match(
            out,
            /^The stack's membership is agent \(Pulumi\.production\.yaml\): `pulumi up` leaves the gateways/m,
        );
        const command = /^ {2}npx zonekeeper (sync .*)$/m.exec(out)?.[1] ?? assert.fail();
        const statics = `--static ${B} ${C}`;
        assert.equal(command, `sync --zone nzo1 --source one.yaml ${statics} --widest-prefix 28 --okta ${okta.url}`);
        const { status } = await call(command.split(" "), { directory });
        assert.equal(status, 0);
        assert.deepEqual(okta.history.filter(({ zoneId }) => zoneId === "nzo1").length, 1);
        const yaml = out.split("agent.yaml has:\n")[1]?.split("\n\n")[0] ?? assert.fail();
        const { orgs, memberships } = readAgentSettings(parse(yaml));
        assert.deepEqual(orgs, { default: { url: okta.url } });
        assert.deepEqual(
            memberships.map(({ zones, source, rules }) => [zones, source, rules.staticGateways.map(formatSpan)]),
            [[["nzo1"], "one.yaml", [B, C]]],
        );
    });

    for (const [what, text, keeps] of [
        ["no file", undefined, "pulumi"],
        ["a file that says nothing of it", "config:\n  okta:orgName: acme\n", "pulumi"],
        ["a file that is empty", "", "pulumi"],
        ["pulumi", "config: { zonekeeper:membership: pulumi }", "pulumi"],
        ["agent, without the project's name", "config: { membership: agent }", "agent"],
    ] as const) {
        it(`looks at the stack's membership: ${what}`, async () => {
            await using scene = await openZones();
            if (text !== undefined) await writeFile(join(scene.directory, "Pulumi.prod.yaml"), text);
            const { out } = await adopt(scene, "nzo1", "--stack", "acme/zonekeeper/prod");
            assert.match(out, new RegExp(`^The stack's membership is ${keeps} \\(Pulumi\\.prod\\.yaml\\)`, "m"));
        });
    }

    it("says that the stack's settings are no YAML, and quotes none of them", async () => {
        await using scene = await openZones();
        await writeFile(join(scene.directory, "Pulumi.dev.yaml"), "config: { okta:apiToken: 00aSecret");
        const { status, err } = await adopt(scene, "nzo1");
        assert.deepEqual(
            [status, err],
            [
                2,
                [
                    "zonekeeper: Pulumi.dev.yaml is not YAML, so it does not say who keeps the gateways: correct it first [ZK002]",
                ],
            ],
        );
    });

    it("reports a grant that cannot be admitted, with exit status 3", async () => {
        await using scene = await openZones();
        const { status, out } = await adopt(scene, "nzo1", "--source", "grants.yaml", "--deny", "203.0.113.3");
        assert.equal(status, 3);
        assert.match(out, /^Refused:\n {2}b: denied: 203\.0\.113\.3\/32 touches/m);
        assert.match(out, /^Left out of the document:\n {2}slip: ip "203\.0\.113\.300" is not an IPv4 address/m);
        assert.deepEqual(settingsIn(out).slice(1, 3), [`staticGateways ${B}`, "deny 203.0.113.3"]);
    });

    it("takes the zone's id for no second label", async () => {
        await using scene = await openZones();
        const { status, out } = await adopt(scene, "--source", "grants.yaml", "--selector", "app=payroll", "nzo1");
        assert.deepEqual([status, settingsIn(out)[2]], [0, `selector '{"app":"payroll"}'`]);
        const none = await call(["adopt", "--selector", "app=payroll"]);
        const says = "say which zone it is about: its id, such as nzo1a2b3c4d5e6f7g8h9";
        assert.deepEqual([none.status, none.err], [2, [`zonekeeper: ${says} [ZK002]`]]);
    });

    it("keeps a gateway of IPv6, and reports it", async () => {
        await using scene = await openZones();
        const { status, out } = await adopt(scene, "nzo5");
        assert.equal(status, 0);
        assert.match(out, /stays: it is not IPv4, and Zonekeeper keeps it as Okta has it$/m);
        assert.doesNotMatch(out, /DECIDE FIRST/);
        const json = await adopt(scene, "nzo5", "--json");
        assert.deepEqual([json.status, json.err], [0, []]);
        assert.deepEqual(JSON.parse(json.out), importFile({ zoneId: "nzo5", name: "access", version }));
    });

    for (const [title, args, code, says] of [
        ["an id that is none", ["nzo 1"], "bad-input", '"nzo 1" is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9'],
        [
            "a dynamic zone",
            ["nzo2"],
            "zone-unfit",
            `zone nzo2 "Abroad" is of type DYNAMIC, which has no gateways; ${OWN_ZONE}`,
        ],
        [
            "a zone of Okta's own",
            ["nzo3"],
            "zone-unfit",
            `zone nzo3 "LegacyIpZone" is one of Okta's own and cannot hold grants; ${OWN_ZONE}`,
        ],
        [
            "a blocklist",
            ["nzo4"],
            "zone-unfit",
            'zone nzo4 "Bad guys" is a BLOCKLIST: Okta refuses requests from inside it, and Zonekeeper lets them in; ' +
                "name a zone whose usage is POLICY",
        ],
        [
            "grants that cannot be read",
            ["nzo1", "--source", "missing.yaml"],
            "source-unreadable",
            "cannot read grants from file missing.yaml: there is no such file (DIR/missing.yaml)",
        ],
        [
            "a source that is none",
            ["nzo1", "--source", "ftp://example.com"],
            "bad-input",
            "the source has the scheme ftp://, but is read from file, http, https or postgres",
        ],
        ["a stack that is none", ["nzo1", "--stack", "a;b"], "bad-input", '--stack "a;b" is not a name such as dev'],
        ["a name that is none", ["nzo1", "--name", "a b"], "bad-input", '--name "a b" is not a name such as access'],
        [
            "a selector that is none",
            ["nzo1", "--selector", "payroll"],
            "bad-input",
            '--selector "payroll" is not key=value',
        ],
    ] as const) {
        it(`refuses ${title}`, async () => {
            await using scene = await openZones();
            const { status, out, err } = await adopt(scene, ...args, "--json");
            const message = says.replace("DIR", scene.directory);
            const { code: stable } = codeNamed(code);
            assert.deepEqual(err, [`zonekeeper: ${message} [${stable}]`]);
            const document = { code: stable, error: { code, message } };
            assert.deepEqual([status, JSON.parse(out)], [code === "bad-input" ? 2 : 1, document]);
        });
    }

    it("says that there is no such zone, and whose credential is not taken", async () => {
        await using scene = await openZones();
        const { status, err } = await adopt(scene, "nzo9");
        assert.equal(status, 1);
        assert.match(
            err.join("\n"),
            /^zonekeeper: GET \/api\/v1\/zones\/nzo9: 404 [^\n]+; check the zone's id \(nzo9\)[^\n]+$/,
        );
        for (const [env, wrong, says] of [
            [{}, 2, /^zonekeeper: no Okta credential: set OKTA_API_TOKEN[^\n]+$/],
            [
                { OKTA_API_TOKEN: "00aStRaNgErS_tOkEn" },
                1,
                /^zonekeeper: GET [^\n]+: 401 [^\n]+ from OKTA_API_TOKEN: [^\n]+$/,
            ],
        ] as const) {
            const stranger = await call(["adopt", "nzo1", "--okta", scene.okta.url], { env });
            assert.deepEqual([stranger.status, stranger.out], [wrong, ""]);
            assert.match(stranger.err.join("\n"), says);
        }
    });
});
