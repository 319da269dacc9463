import { strict as assert } from "node:assert";

import { dueNotice, dueText } from "../../../src/core/portal/dueNotice";
import type { PortalGrant } from "../../../src/core/portal/types";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const START = 100 * HOUR;

const GRANT: PortalGrant = {
    id: "g-1",
    access: "payroll",
    holder: { iss: "https://okta.example.com", sub: "00u1", user: "00u1", name: "Ana" },
    addresses: ["203.0.113.7"],
    createdAtMs: START,
    startsAtMs: START,
    expiresAtMs: START + 4 * HOUR,
    labels: {},
    requestId: "r-1",
};
const LATER = { ...GRANT, createdAtMs: START - HOUR };
const SHORT = { ...GRANT, expiresAtMs: START + 30 * MINUTE };

type Row = readonly [grant: PortalGrant, afterStartMs: number, expected: ReturnType<typeof dueNotice>];

const ROWS: Readonly<Record<string, Row>> = {
    "a grant that starts at once": [GRANT, 0, undefined],
    "a later start that is to come": [LATER, -1, undefined],
    "a later start that has come": [LATER, 0, "starting"],
    "a later start of an hour ago": [LATER, HOUR, undefined],
    "sixteen minutes before the end": [GRANT, 4 * HOUR - 16 * MINUTE, undefined],
    "fifteen minutes before the end": [GRANT, 4 * HOUR - 15 * MINUTE, "ending"],
    "fifteen minutes before the end of a short one": [SHORT, 15 * MINUTE, undefined],
    "the end": [GRANT, 4 * HOUR, "ended"],
    "the end of a short one": [SHORT, 30 * MINUTE, "ended"],
    "a day after the end": [GRANT, 28 * HOUR, undefined],
    "after it was given back": [{ ...GRANT, endedAtMs: START }, HOUR, "ended"],
    "a day after it was given back": [{ ...GRANT, endedAtMs: START }, 24 * HOUR, undefined],
};

describe("dueNotice", () => {
    for (const [name, [grant, afterMs, expected]] of Object.entries(ROWS)) {
        it(`says ${expected ?? "nothing"} at ${name}`, () => assert.equal(dueNotice(grant, START + afterMs), expected));
    }
});

describe("dueText", () => {
    it("asks the owner to confirm the address at a later start", () => {
        const unconfirmed = { ...LATER, isUnconfirmed: true };
        assert.equal(
            dueText("starting", unconfirmed, "Payroll", "https://access.example.com"),
            "Ana's Payroll may begin: Ana has to confirm the address at https://access.example.com/",
        );
        assert.match(dueText("ended", unconfirmed, "Payroll", ""), /never confirmed, so that it let nobody in$/);
        assert.match(dueText("starting", LATER, "Payroll", ""), /^Ana's Payroll begins, until /);
        const revoked = { ...unconfirmed, endedAtMs: START, endedBecause: "revoked by Adam" };
        assert.equal(dueText("ended", revoked, "Payroll", ""), "Ana no longer has Payroll: revoked by Adam");
    });
});
