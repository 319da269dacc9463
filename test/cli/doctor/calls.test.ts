import { strict as assert } from "node:assert";

import { call } from "../scene";
import { envOf, SCOPES } from "./app";
import { openDoctorScene, steady, ZONE } from "./scene";

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
            "the source has the scheme ftp://, but is read from file, http, https or postgres",
        ],
        [
            "an argument",
            ["nzo1"],
            "too many arguments for 'doctor'. Expected 0 arguments but got 1. Put what belongs together, such as a chain, in quotes.",
        ],
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
            `  ok    ZK103  Okta answers               http://okta is the org ${scene.okta.org.about.id} in the cell op3`,
            "  ok    ZK101  credential                 Okta accepts the API token from OKTA_API_TOKEN",
        ]);
        assert.deepEqual(lines.slice(8, 10), [
            "  warn  ZK111  clock                      40 s behind Okta's",
            "               -> Let the machine follow a time server (timedatectl set-ntp true).",
        ]);
        const grants = lines.slice(lines.indexOf("Grants"), lines.indexOf("Limits"));
        assert.match(grants[1] ?? "", /^ {2}fail {2}ZK401 {2}source {21}cannot read grants from file grants\.yaml: /);
        assert.deepEqual(
            [grants[0], ...grants.slice(2)],
            [
                "Grants",
                "               -> Correct the source as the message says, and run again.",
                "  warn  ZK402  usable grants and 2 more   could not be checked: the grants cannot be read",
                "               -> See to ZK401 first.",
                "",
            ],
        );
        assert.match(
            lines.at(-1) ?? "",
            /^3[67] checks: (29|30) ok, 6 warnings, 1 failure\. What a code means is in docs\/errors\.$/,
        );
    });
});
