import { strict as assert } from "node:assert";

import {
    type Judgement,
    judgeRemoval,
    judgeSettings,
    type LiveZone,
    type Permission,
    type ZoneSettings,
} from "../../../src/core/settings/zoneSettings";

const LIVE: LiveZone = {
    name: "Staff",
    usage: "POLICY",
    status: "ACTIVE",
    proxies: ["10.0.0.0/8"],
    gateways: ["203.0.113.7/32", "192.0.2.0/32", "198.51.100.0/24"],
};
const NOBODY = { gateways: ["192.0.2.0/32"] };
const OPEN: Permission = { isGuarded: false, allow: [] };
const GUARDED: Permission = { isGuarded: true, allow: [] };

interface Case {
    readonly title: string;
    readonly live?: Partial<LiveZone>;
    readonly wanted?: Partial<ZoneSettings>;
    readonly permission?: Permission;
    readonly expected: Judgement;
}

const BLOCKLIST = 'zone "Staff" becomes a blocklist: 2 gateways that rules let in would be kept out of everything';
const POLICY =
    'zone "Staff" is a blocklist no more: 2 gateways that were kept out of everything would be let in by rules that name it';

/** The rows of the table of judgeSettings, then what lies between them. */
const SETTINGS: readonly Case[] = [
    {
        title: "a name and proxies: never refused",
        wanted: { name: "Crew", proxies: ["10.1.0.0/16", "10.2.0.1"] },
        permission: GUARDED,
        expected: {
            says: [
                'zone "Staff": the name becomes "Crew", its proxies become 10.1.0.0/16, 10.2.0.1; 2 gateways stay inside',
            ],
        },
    },
    {
        title: "status to ACTIVE: never refused",
        live: { status: "INACTIVE", gateways: ["203.0.113.7/32"] },
        permission: GUARDED,
        expected: { says: ['zone "Staff": it becomes active again; 1 gateway stays inside'] },
    },
    {
        title: "usage POLICY to BLOCKLIST: refused",
        wanted: { usage: "BLOCKLIST", proxies: [] },
        live: { proxies: [] },
        permission: GUARDED,
        expected: {
            says: [BLOCKLIST],
            refusal: `${BLOCKLIST}; if that is meant, add blocklist to zonekeeper:allow`,
        },
    },
    {
        title: "usage BLOCKLIST to POLICY: refused",
        live: { usage: "BLOCKLIST" },
        wanted: { usage: "POLICY" },
        permission: { isGuarded: true, allow: ["destroy", "fewer-shards", "remove-zone"] },
        expected: { says: [POLICY], refusal: `${POLICY}; if that is meant, add blocklist to zonekeeper:allow` },
    },
    {
        title: "usage, with nobody inside: never refused",
        live: NOBODY,
        wanted: { usage: "BLOCKLIST" },
        permission: GUARDED,
        expected: {
            says: ['zone "Staff" becomes a blocklist: 0 gateways that rules let in would be kept out of everything'],
        },
    },
    {
        title: "usage, asked for by name",
        wanted: { usage: "BLOCKLIST" },
        permission: { isGuarded: true, allow: ["blocklist"] },
        expected: { says: [BLOCKLIST] },
    },
    { title: "usage, in a stack that is not guarded", wanted: { usage: "BLOCKLIST" }, expected: { says: [BLOCKLIST] } },
    { title: "nothing", permission: GUARDED, expected: { says: [] } },
    {
        title: "no proxies any more",
        wanted: { proxies: [] },
        expected: { says: ['zone "Staff": it has no trusted proxies any more; 2 gateways stay inside'] },
    },
    {
        title: "the same proxies in another order and spelling",
        live: { proxies: ["10.0.0.0/16", "10.2.0.1/32"] },
        wanted: { proxies: ["10.2.0.1", "10.0.3.4/16"] },
        expected: { says: [] },
    },
];

describe("judgeSettings", () => {
    for (const { title, live, wanted, permission = OPEN, expected } of SETTINGS) {
        it(title, () => {
            const now = { ...LIVE, ...live };
            const { gateways, ...same } = now;
            assert.deepEqual(judgeSettings(now, { ...same, status: "ACTIVE", ...wanted }, permission), expected);
        });
    }
});

const REMOVED = 'deleting zone "Staff" puts out 2 gateways';
const REMOVALS: readonly Case[] = [
    {
        title: "refuses to delete a guarded zone in which somebody is",
        permission: GUARDED,
        expected: { says: [REMOVED], refusal: `${REMOVED}; if that is meant, add remove-zone to zonekeeper:allow` },
    },
    { title: "lets one go that is not guarded", expected: { says: [REMOVED] } },
    {
        title: "lets one go where that is asked for",
        permission: { isGuarded: true, allow: ["remove-zone"] },
        expected: { says: [REMOVED] },
    },
    {
        title: "lets a shard go where fewer are asked for",
        permission: { isGuarded: true, allow: ["fewer-shards"] },
        expected: { says: [REMOVED] },
    },
    {
        title: "keeps one where something else is asked for",
        permission: { isGuarded: true, allow: ["blocklist"] },
        expected: { says: [REMOVED], refusal: `${REMOVED}; if that is meant, add remove-zone to zonekeeper:allow` },
    },
    {
        title: "lets one go where all is to go",
        permission: { isGuarded: true, allow: ["destroy"] },
        expected: { says: [REMOVED] },
    },
    { title: "says nothing of one in which nobody is", live: NOBODY, permission: GUARDED, expected: { says: [] } },
    {
        title: "says that a blocklist lets in",
        live: { usage: "BLOCKLIST" },
        expected: { says: ['deleting zone "Staff" lets in again 2 gateways'] },
    },
];

describe("judgeRemoval", () => {
    for (const { title, live, permission = OPEN, expected } of REMOVALS) {
        it(title, () => assert.deepEqual(judgeRemoval({ ...LIVE, ...live }, permission), expected));
    }
});
