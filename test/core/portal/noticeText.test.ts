import { strict as assert } from "node:assert";

import { type DueNotice, dueText } from "../../../src/core/portal/dueNotice";
import {
    approvedText,
    deniedText,
    grantData,
    grantedText,
    nextStep,
    readableMoments,
    requestedText,
} from "../../../src/core/portal/noticeText";
import type { PortalGrant, PortalRequest } from "../../../src/core/portal/types";

const READABLE: Readonly<Record<string, string>> = {
    "until 2026-12-01T16:00:00.000Z": "until 2026-12-01 16:00 UTC",
    "from 2026-12-01T16:00:00Z until 2026-12-01T17:30:59.001Z": "from 2026-12-01 16:00 UTC until 2026-12-01 17:30 UTC",
    "on 2026-12-01": "on 2026-12-01",
    "x2026-12-01T16:00:00Z": "x2026-12-01T16:00:00Z",
    "": "",
};

describe("readableMoments", () => {
    for (const [text, expected] of Object.entries(READABLE)) {
        it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(text)}`, () => {
            assert.equal(readableMoments(text), expected);
        });
    }
});

describe("nextStep", () => {
    it("leads to the portal where somebody has to do something, and nowhere after the end", () => {
        const events = ["requested", "break-glass", "starting", "ending", "approved", "denied", "granted", "ended"];
        assert.deepEqual(
            events.filter((event) => nextStep(event) !== undefined),
            ["requested", "break-glass", "starting", "ending"],
        );
    });
});

const HOUR = 3_600_000;
const HOLDER = { iss: "https://idp", sub: "ana", user: "ana", name: "Ana" };
const LEA = { ...HOLDER, sub: "lea", user: "lea", name: "Lea", atMs: 0 };
const COMMON = { access: "fin-eu-1", holder: HOLDER, createdAtMs: 0, requestId: "r1" };
const REQUEST: PortalRequest = {
    ...COMMON,
    id: "q1",
    address: "203.0.113.7",
    durationMs: HOUR,
    decideByMs: HOUR,
    approvals: [LEA],
    state: "waiting",
    decidedBy: "Lea",
};
const GRANT: PortalGrant = {
    ...COMMON,
    id: "g1",
    addresses: ["203.0.113.7"],
    startsAtMs: 0,
    expiresAtMs: HOUR,
    labels: {},
};
const due =
    (what: DueNotice, rest: Partial<PortalGrant> = {}) =>
    (title: string) => ({
        text: dueText(what, { ...GRANT, ...rest }, title, "https://access.example.com"),
        data: grantData(GRANT, title),
    });

/** Every message that the portal sends. */
const MESSAGES: Readonly<Record<string, (title: string) => ReturnType<typeof requestedText>>> = {
    requested: (title) => requestedText(REQUEST, title),
    "requested for longer": (title) => requestedText({ ...REQUEST, extendsGrant: "g1" }, title),
    approved: (title) => approvedText(REQUEST, title),
    denied: (title) => deniedText(REQUEST, title),
    granted: (title) => grantedText(GRANT, title),
    "granted for later": (title) => grantedText({ ...GRANT, startsAtMs: 1 }, title),
    "break-glass": (title) => grantedText({ ...GRANT, isBreakGlass: true }, title),
    starting: due("starting"),
    "waiting for its owner": due("starting", { isUnconfirmed: true }),
    ending: due("ending"),
    ended: due("ended"),
    "ended before its time": due("ended", { endedAtMs: 1, endedBecause: "revoked by Adam" }),
    "ended without a start": due("ended", { isUnconfirmed: true }),
};

describe("a message", () => {
    for (const [what, make] of Object.entries(MESSAGES)) {
        it(`says the title of an access that is ${what}, and programs get the name as well`, () => {
            const { text, data } = make("Finance (EU)");
            assert.match(text, /Finance \(EU\)/);
            assert.doesNotMatch(text, /fin-eu-1/);
            assert.deepEqual([data.access, data.title], ["fin-eu-1", "Finance (EU)"]);
        });
    }
});
