import { strict as assert } from "node:assert";

import { type DescribeOptions, describeAdoption } from "../../src/cli/describe/describeAdopt";
import { A, B, C } from "../support/grants";

const OPTIONS: DescribeOptions = {
    zone: { id: "nzo1", name: "Staff (dev)", status: "ACTIVE", gateways: [], proxies: [] },
    adoption: { gateways: [], settings: { zoneName: "Staff (dev)" }, add: [], refused: [], decisions: [] },
    unusable: [],
    settings: { zoneName: "Staff (dev)" },
    stack: "dev",
    name: "access",
    okta: undefined,
    keepers: ["Pulumi keeps them."],
};

const IMPORT = "  pulumi import --stack dev --file adopt.json --generate-code=false";
const REST = ["  pulumi preview --stack dev --diff", "  pulumi up --stack dev"];
const TAIL = [
    "",
    "Pulumi keeps them.",
    "",
    "Neither this command nor the import writes anything to Okta. Rules that name the zone go on as they are.",
    "Stop every other writer of the zone, such as a Knocknoc agent, before `pulumi up`: a zone has one writer.",
];

describe("describeAdoption", () => {
    it("says what to do with a zone of which nothing is to be said", () => {
        assert.deepEqual(describeAdoption(OPTIONS).split("\n"), [
            'Zone "Staff (dev)" (nzo1): ACTIVE, 0 gateways',
            "",
            "In the project's folder:",
            "  pulumi config set --stack dev -- zonekeeper:zoneName 'Staff (dev)'",
            "  npx zonekeeper adopt nzo1 --json > adopt.json",
            IMPORT,
            ...REST,
            ...TAIL,
        ]);
    });

    it("lists each gateway, new grants, and what was left out", () => {
        const gateways = [
            { range: A, fate: "granted", grantIds: ["g1", "g2"] },
            { range: B, fate: "static", grantIds: [] },
            { range: C, fate: "static", grantIds: ["g3"] },
            { range: "192.0.2.0/32", fate: "sentinel", grantIds: [] },
            { range: "2001:db8::7", fate: "kept", grantIds: [] },
        ] as const;
        const text = describeAdoption({
            ...OPTIONS,
            zone: { ...OPTIONS.zone, status: "INACTIVE", proxies: ["10.1.0.0/16"] },
            adoption: {
                ...OPTIONS.adoption,
                gateways,
                add: ["10.0.0.1/32"],
                refused: [{ id: "g9", reason: "no room", kind: "room" }],
                decisions: ["a trusted proxy goes out", "the zone is INACTIVE"],
            },
            unusable: [{ id: "g8", field: "ip", reason: "is missing" }],
        });
        assert.deepEqual(text.split("\n").slice(0, 19), [
            'Zone "Staff (dev)" (nzo1): INACTIVE, 5 gateways',
            "  198.51.100.1/32  stays: granted by g1, g2",
            "  198.51.100.3/32  stays, as a static gateway: no active grant has it",
            "  203.0.113.0/24   stays, as a static gateway: g3 does not hold all of it",
            "  192.0.2.0/32     is the sentinel: admits nobody",
            "  2001:db8::7      stays: it is not IPv4, and Zonekeeper keeps it as Okta has it",
            "  trusted proxy 10.1.0.0/16",
            "Not inside so far, and comes in:",
            "  10.0.0.1/32",
            "Refused:",
            "  g9: no room [ZK502]",
            "Left out of the document:",
            "  g8: ip is missing [ZK402]",
            "DECIDE FIRST. The first `pulumi up` would change more than the grants say:",
            "  ! a trusted proxy goes out",
            "  ! the zone is INACTIVE",
            "",
            "When that is settled, in the project's folder:",
            "  pulumi config set --stack dev -- zonekeeper:zoneName 'Staff (dev)'",
        ]);
    });

    it("prints the exemption from the policy pack for a name that is not the stack's", () => {
        const adoption = { ...OPTIONS.adoption, settings: { zoneName: "Ana's zone" } };
        const text = describeAdoption({ ...OPTIONS, adoption, stack: "acme/zonekeeper/prod" });
        assert.match(text, /^The policy pack refuses the name.*zone-without-stack-name/m);
        const [config = ""] = text.split("\n").filter((line) => line.startsWith("  {"));
        assert.deepEqual(JSON.parse(config), { "zone-without-stack-name": { exemptZones: ["Ana's zone"] } });
        assert.doesNotMatch(describeAdoption(OPTIONS), /policy pack/);
    });

    it("writes commands that a shell takes as they are meant", () => {
        const text = describeAdoption({
            ...OPTIONS,
            settings: {
                zoneName: "Ana's `zone` $HOME",
                staticGateways: [A, B],
                source: { type: "file", path: "grants.yaml" },
            },
            stack: "acme/zonekeeper/prod",
            name: "staff",
            okta: "http://127.0.0.1:8080",
        });
        assert.deepEqual(text.split("\n").slice(3, 8), [
            "  pulumi config set --stack acme/zonekeeper/prod -- zonekeeper:zoneName 'Ana'\\''s `zone` $HOME'",
            `  pulumi config set --stack acme/zonekeeper/prod -- zonekeeper:staticGateways ${A},${B}`,
            `  pulumi config set --stack acme/zonekeeper/prod -- zonekeeper:source '{"type":"file","path":"grants.yaml"}'`,
            "  npx zonekeeper adopt nzo1 --name staff --okta http://127.0.0.1:8080 --json > adopt.json",
            "  pulumi import --stack acme/zonekeeper/prod --file adopt.json --generate-code=false",
        ]);
    });
});
