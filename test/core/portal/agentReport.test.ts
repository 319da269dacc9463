import { strict as assert } from "node:assert";

import { type AgentReport, DOUBT_TEXT, grantState, type ReportedGrant } from "../../../src/core/portal/agentReport";
import type { PortalGrant } from "../../../src/core/portal/types";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

const GRANT: PortalGrant = {
    id: "g-1",
    access: "payroll",
    holder: { iss: "https://okta.example.com", sub: "00u1", user: "00u1", name: "Ana" },
    addresses: ["203.0.113.7"],
    createdAtMs: NOW - 10 * MINUTE,
    startsAtMs: NOW - 10 * MINUTE,
    expiresAtMs: NOW + 10 * MINUTE,
    labels: {},
    requestId: "r-1",
};
const NEW = { ...GRANT, startsAtMs: NOW - MINUTE };
const LATER = { ...GRANT, startsAtMs: NOW + MINUTE };
const ENDED = { ...GRANT, endedAtMs: NOW };

/** An agent that was heard of so long ago, and what it says of the grant. */
const agent = (silentMs: number, told?: ReportedGrant["state"], more: Partial<ReportedGrant> = {}): AgentReport => ({
    heartbeatAtMs: NOW - silentMs,
    grants: told === undefined ? {} : { "g-1": { state: told, ...more } },
});

type Row = readonly [grant: PortalGrant, reports: readonly AgentReport[], expected: string];

const ROWS: Readonly<Record<string, Row>> = {
    "no agent at all": [GRANT, [], "pending no-agent"],
    "no agent at all, and the grant is new": [NEW, [], "pending no-agent"],
    "an agent that has not said anything of a new grant": [NEW, [agent(0)], "pending new"],
    "an agent that does not take the grant up": [GRANT, [agent(0)], "pending not-taken"],
    "an agent that has read it": [NEW, [agent(0, "pending")], "pending"],
    "an agent that has written it": [GRANT, [agent(0, "accepted")], "accepted"],
    "an agent whose heartbeat is a minute old": [GRANT, [agent(MINUTE, "accepted")], "accepted"],
    "an agent whose heartbeat is older": [GRANT, [agent(MINUTE + 1, "accepted")], "accepted no-agent"],
    "an agent whose heartbeat is a minute ahead": [GRANT, [agent(-MINUTE, "accepted")], "accepted"],
    "an agent whose heartbeat is further ahead: one clock is wrong": [
        GRANT,
        [agent(-MINUTE - 1, "accepted")],
        "accepted no-agent",
    ],
    "what was accepted and has had its minute": [
        GRANT,
        [agent(0, "accepted", { acceptedAtMs: NOW - MINUTE, effectiveAtMs: NOW })],
        "effective",
    ],
    "an agent of other zones lives, the one that keeps it does not": [
        GRANT,
        [agent(0), agent(MINUTE + 1, "effective")],
        "effective silent-agent",
    ],
    "an agent of other zones is silent, the one that keeps it lives": [
        GRANT,
        [agent(MINUTE + 1), agent(0, "effective")],
        "effective",
    ],
    "two agents, one of them behind": [GRANT, [agent(0, "effective"), agent(0, "pending")], "pending"],
    "an agent that refuses it": [GRANT, [agent(0, "effective"), agent(0, "refused")], "refused"],
    "a later start": [LATER, [agent(0)], "scheduled"],
    "a later start, and no agent": [LATER, [agent(2 * MINUTE)], "scheduled no-agent"],
    "a start that its owner has to confirm": [{ ...GRANT, isUnconfirmed: true }, [agent(0)], "scheduled"],
    "ended, and inside": [ENDED, [agent(0, "effective")], "leaving"],
    "ended, and inside by a silent agent": [ENDED, [agent(0), agent(2 * MINUTE, "accepted")], "leaving silent-agent"],
    "ended, and gone": [ENDED, [agent(0)], "ended"],
    "ended, and no agent": [ENDED, [], "ended no-agent"],
};

describe("grantState", () => {
    for (const [name, [grant, reports, expected]] of Object.entries(ROWS)) {
        it(`${name}: ${expected}`, () => {
            const { state, doubt } = grantState(grant, reports, NOW);
            assert.equal([state, doubt].filter((word) => word !== undefined).join(" "), expected);
        });
    }
});

describe("DOUBT_TEXT", () => {
    for (const doubt of ["no-agent", "silent-agent", "not-taken"] as const) {
        it(`says of ${doubt} what it means for the holder, and what to do`, () => {
            assert.match(DOUBT_TEXT[doubt], /so (it|new access) may not work.*; if this stays so .*tell your IT team$/);
        });
    }
});
