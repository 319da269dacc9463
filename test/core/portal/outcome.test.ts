import { strict as assert } from "node:assert";

import { type AgentReport, DOUBT_TEXT, grantState, type ReportedGrant } from "../../../src/core/portal/agentReport";
import { type GrantOutcome, grantOutcome, requestOutcome, type Told } from "../../../src/core/portal/outcome";
import type { PortalGrant, PortalRequest } from "../../../src/core/portal/types";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

const HOLDER = { iss: "https://okta.example.com", sub: "00u1", user: "ana@example.com", name: "Ana" };
const GRANT: PortalGrant = {
    id: "g-1",
    access: "payroll",
    holder: HOLDER,
    addresses: ["203.0.113.7"],
    createdAtMs: NOW,
    startsAtMs: NOW,
    expiresAtMs: NOW + 10 * MINUTE,
    labels: {},
    requestId: "r-1",
};
const LATER = { ...GRANT, startsAtMs: NOW + 5 * MINUTE };
const ENDED = { ...GRANT, endedAtMs: NOW };

const agent = (told?: ReportedGrant["state"], more: Partial<ReportedGrant> = {}, silentMs = 0): AgentReport => ({
    heartbeatAtMs: NOW - silentMs,
    grants: told === undefined ? {} : { "g-1": { state: told, ...more } },
});
const LIVES = [agent()];

type Row = readonly [
    done: GrantOutcome["done"],
    grant: PortalGrant,
    reports: readonly AgentReport[],
    reader: "own" | "other's",
    expected: string | undefined,
    otherUntilMs?: number,
];

const SOON = "Okta hears of it within seconds, and needs about a minute to spread it to all its servers.";

const ROWS: Readonly<Record<string, Row>> = {
    "a new grant": ["granted", GRANT, LIVES, "own", `Payroll is granted. ${SOON}`],
    "a new grant without an agent": [
        "granted",
        GRANT,
        [],
        "own",
        `Payroll is granted. You may not get in yet: ${DOUBT_TEXT["no-agent"]}.`,
    ],
    "a new grant that a silent agent keeps": [
        "granted",
        GRANT,
        [agent(), agent("pending", {}, 2 * MINUTE)],
        "own",
        `Payroll is granted. You may not get in yet: ${DOUBT_TEXT["silent-agent"]}.`,
    ],
    "one that Okta has": [
        "granted",
        GRANT,
        [agent("accepted")],
        "own",
        "Payroll is granted. Okta has it, and needs about a minute to spread it to all its servers.",
    ],
    "one that counts": ["granted", GRANT, [agent("effective")], "own", "Payroll is granted. Okta lets you in."],
    "one without room": [
        "granted",
        GRANT,
        [agent("waiting", { why: "there is no room" })],
        "own",
        "Payroll is granted. You do not get in with it: there is no room.",
    ],
    "one that the agent refuses": [
        "granted",
        GRANT,
        [agent("refused", { why: "it is denied" })],
        "own",
        "Payroll is granted. You do not get in with it: it is denied.",
    ],
    "a grant for somebody else": [
        "granted",
        GRANT,
        LIVES,
        "other's",
        `Payroll is granted to Ana from 203.0.113.7. ${SOON}`,
    ],
    "a grant for somebody else without an agent": [
        "granted",
        GRANT,
        [],
        "other's",
        `Payroll is granted to Ana from 203.0.113.7. They may not get in yet: ${DOUBT_TEXT["no-agent"]}.`,
    ],
    "a later start": [
        "granted",
        { ...LATER, isUnconfirmed: true },
        LIVES,
        "own",
        "Payroll is granted, and starts <105>. Come back here then, and confirm your address.",
    ],
    "a later start for somebody else": [
        "granted",
        LATER,
        LIVES,
        "other's",
        "Payroll is granted to Ana from 203.0.113.7, and starts <105>.",
    ],
    "a start that has come and is not confirmed": [
        "granted",
        { ...GRANT, isUnconfirmed: true },
        LIVES,
        "own",
        "Payroll is granted. Confirm your address to begin.",
    ],
    "an address in an address bar, and nothing granted": ["granted", ENDED, LIVES, "own", undefined],
    "an extension": ["extended", GRANT, [agent("effective")], "own", "Your Payroll now ends <110>."],
    "an extension without an agent": [
        "extended",
        GRANT,
        [],
        "own",
        `Your Payroll now ends <110>. That is not confirmed: ${DOUBT_TEXT["no-agent"]}.`,
    ],
    "a second address": [
        "moved",
        { ...GRANT, addresses: ["203.0.113.7", "203.0.113.8"] },
        [agent("pending")],
        "own",
        `Payroll is also for 203.0.113.8 now. ${SOON}`,
    ],
    "an address that was confirmed": ["moved", GRANT, LIVES, "own", `Payroll is granted. ${SOON}`],
    "one given back, and gone": ["revoked", ENDED, LIVES, "own", "Your Payroll has ended."],
    "one given back, and still inside": [
        "revoked",
        ENDED,
        [agent("effective")],
        "own",
        "Your Payroll has ended. Okta hears of it within seconds.",
    ],
    "one given back without an agent": [
        "revoked",
        ENDED,
        [],
        "own",
        `Your Payroll has ended. Whether it is out of Okta is not confirmed: ${DOUBT_TEXT["no-agent"]}.`,
    ],
    "one of two given back": [
        "revoked",
        ENDED,
        LIVES,
        "own",
        "This grant for Payroll has ended. Another one goes on until <120>.",
        NOW + 20 * MINUTE,
    ],
    "somebody else's revoked": ["revoked", ENDED, LIVES, "other's", "Ana's Payroll has ended."],
    "revoked in an address bar only": ["revoked", GRANT, LIVES, "own", undefined],
    "a review": [
        "signed-off",
        { ...ENDED, isBreakGlass: true, signedOffBy: "Lea" },
        LIVES,
        "other's",
        "The break-glass grant of Ana is signed off.",
    ],
    "no review": ["signed-off", { ...ENDED, isBreakGlass: true }, LIVES, "other's", undefined],
};

describe("grantOutcome", () => {
    for (const [name, [done, grant, reports, reader, expected, otherUntilMs]] of Object.entries(ROWS)) {
        it(`${name}: ${expected ?? "says nothing"}`, () => {
            const shown = grantState(grant, reports, NOW);
            const isOwn = reader === "own";
            const told = grantOutcome({ done, grant, shown, title: "Payroll", isOwn, otherUntilMs, nowMs: NOW });
            assert.equal(textOf(told), expected);
        });
    }
});

const REQUEST: PortalRequest = {
    id: "q-1",
    access: "payroll",
    holder: HOLDER,
    address: "203.0.113.7",
    durationMs: MINUTE,
    createdAtMs: NOW,
    decideByMs: NOW + MINUTE,
    approvals: [],
    state: "waiting",
    requestId: "r-1",
};
const APPROVAL = { iss: HOLDER.iss, sub: "00u2", user: "lea@example.com", name: "Lea", atMs: NOW };

describe("requestOutcome", () => {
    const rows = {
        "a request": ["requested", REQUEST, true, "Your request for Payroll waits for an approver."],
        "a request for somebody else": [
            "requested",
            REQUEST,
            false,
            "Ana's request for Payroll waits for an approver.",
        ],
        "one that was decided meanwhile": ["requested", { ...REQUEST, state: "denied" }, true, undefined],
        "one approval of two": [
            "noted",
            { ...REQUEST, approvals: [APPROVAL] },
            false,
            "You approved Ana's request for Payroll. One more approval is needed.",
        ],
        "the last approval": [
            "approved",
            { ...REQUEST, state: "approved" },
            false,
            "Ana's request for Payroll is approved.",
        ],
        "a denial": ["denied", { ...REQUEST, state: "denied" }, false, "Ana's request for Payroll is denied."],
        "a withdrawal": [
            "withdrawn",
            { ...REQUEST, state: "withdrawn" },
            true,
            "Your request for Payroll is withdrawn.",
        ],
        "a denial in an address bar only": ["denied", REQUEST, false, undefined],
    } as const;
    for (const [name, [done, request, isOwn, expected]] of Object.entries(rows)) {
        it(`${name}: ${expected ?? "says nothing"}`, () => {
            const told = requestOutcome({ done, request, title: "Payroll", isOwn, needed: 2 });
            assert.equal(textOf(told), expected);
        });
    }
});

/** Moments as minutes. */
function textOf(told: Told | undefined): string | undefined {
    return told?.map((part) => (typeof part === "string" ? part : `<${part.atMs / MINUTE}>`)).join("");
}
