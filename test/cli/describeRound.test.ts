import { strict as assert } from "node:assert";

import { describeRound } from "../../src/cli/describe/describeRound";
import { SENTINEL } from "../../src/core/zones/zone";
import type { Round, ZoneRound } from "../../src/reconcile";
import { A, B } from "../support/grants";

const ZONE: ZoneRound = {
    id: "nzo1",
    name: "Staff",
    status: "ACTIVE",
    usage: "POLICY",
    gateways: [A],
    add: [],
    remove: [],
    written: false,
};
const ROUND: Round = {
    zones: [ZONE],
    active: 1,
    refused: [],
    unusable: [],
    held: [],
    nextChangeMs: undefined,
    grants: [],
};

const SPREAD = "Okta needs about a minute to spread a change to all its servers.";
const SAME = 'Zone "Staff" (nzo1): nothing to change, 1 gateway';

const CASES: readonly (readonly [title: string, round: Partial<Round>, mode: "write" | "plan", lines: string[]])[] = [
    ["nothing to change", {}, "write", [SAME, "1 grant is active."]],
    ["nothing that would change", {}, "plan", [SAME, "1 grant is active."]],
    [
        "a change",
        { zones: [{ ...ZONE, gateways: [A, B], add: [B], remove: [SENTINEL], written: true }], active: 2 },
        "write",
        ['Zone "Staff" (nzo1): changed, 2 gateways', `  + ${B}`, `  - ${SENTINEL}`, "2 grants are active.", SPREAD],
    ],
    [
        "a change that puts somebody out",
        { zones: [{ ...ZONE, remove: [B], written: true }], active: 1 },
        "write",
        [
            'Zone "Staff" (nzo1): changed, 1 gateway',
            `  - ${B}`,
            "1 grant is active.",
            SPREAD,
            "Sessions that are already open go on.",
        ],
    ],
    [
        "a change that is not made",
        { zones: [{ ...ZONE, gateways: [SENTINEL], add: [SENTINEL], remove: [A] }], active: 0 },
        "plan",
        ['Zone "Staff" (nzo1): would change, 1 gateway', `  + ${SENTINEL}`, `  - ${A}`, "0 grants are active."],
    ],
    [
        "zones that do not do what one may expect of them",
        {
            zones: [
                { ...ZONE, status: "INACTIVE" },
                { ...ZONE, id: "nzo2", name: "Blocked", usage: "BLOCKLIST" },
            ],
        },
        "write",
        [
            SAME,
            "  This zone is INACTIVE: nobody is inside it until it is activated.",
            'Zone "Blocked" (nzo2): nothing to change, 1 gateway',
            "  This zone is a BLOCKLIST: Okta refuses requests from inside it.",
            "1 grant is active.",
        ],
    ],
    [
        "who is not inside",
        {
            refused: [{ id: "g1", reason: "no room", kind: "room" }],
            unusable: [{ id: "g2", field: "ip", reason: "is missing" }],
        },
        "write",
        [
            SAME,
            "1 grant is active.",
            "Refused:",
            "  g1: no room [ZK502]",
            "Left out of the document:",
            "  g2: ip is missing [ZK402]",
        ],
    ],
];

describe("describeRound", () => {
    for (const [title, round, mode, lines] of CASES) {
        it(`tells of ${title}`, () => {
            assert.deepEqual(describeRound({ ...ROUND, ...round }, mode).split("\n"), lines);
        });
    }
});
