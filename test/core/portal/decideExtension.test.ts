import { strict as assert } from "node:assert";

import { decideExtension, type Extending } from "../../../src/core/portal/decideExtension";
import type { PortalGrant, PortalRequest } from "../../../src/core/portal/types";
import { ACCESS, APPROVED, PERSON } from "./support";

const HOUR = 3_600_000;

/** PERSON's grant of four hours, one of which is over; at most eight are possible. */
const GRANT: PortalGrant = {
    id: "g1",
    access: "payroll",
    holder: PERSON,
    addresses: ["203.0.113.7"],
    createdAtMs: 0,
    startsAtMs: 0,
    expiresAtMs: 4 * HOUR,
    labels: {},
    requestId: "r1",
};

const AGREED = { ...GRANT, approvedUntilMs: 6 * HOUR };
const GLASS = { ...GRANT, expiresAtMs: HOUR / 2, isBreakGlass: true };
const FIXED = { ...ACCESS, duration: { ...ACCESS.duration, isExtendable: false } };
const NO_LONGER = "not-allowed: you may no longer have this access";
const LONGEST = "rules: the duration is longer than 8 h from the start, which is the most";
const OVER = "conflict: this grant has ended";
const PASSED = "rules: the new end has passed: revoke the grant to end it now";

/** What is wished, and the hour of the end, until when approvers may decide, or why not. */
const ROWS: Readonly<Record<string, readonly [Partial<Extending>, string]>> = {
    "longer, up to the most": [{ durationMs: 8 * HOUR }, "ends at 8 h"],
    "longer than the most by a millisecond": [{ durationMs: 8 * HOUR + 1 }, LONGEST],
    "the same": [{ durationMs: 4 * HOUR }, "ends at 4 h"],
    shorter: [{ durationMs: 2 * HOUR }, "ends at 2 h"],
    "shorter, to now": [{ durationMs: HOUR }, PASSED],
    "shorter, to the past": [{ durationMs: HOUR / 2 }, PASSED],
    nothing: [{ durationMs: 0 }, PASSED],
    "longer, of a grant that has reached its end": [{ nowMs: 4 * HOUR, durationMs: 5 * HOUR }, OVER],
    "longer, a millisecond before the end": [{ nowMs: 4 * HOUR - 1, durationMs: 5 * HOUR }, "ends at 5 h"],
    "longer, of a grant that was ended": [{ grant: { ...GRANT, endedAtMs: 1 }, durationMs: 5 * HOUR }, OVER],
    "longer, of an access that the settings have no more": [
        { access: undefined, durationMs: 5 * HOUR },
        "not-allowed: this access is no longer offered",
    ],
    "shorter, of an access that the settings have no more": [
        { access: undefined, durationMs: 2 * HOUR },
        "ends at 2 h",
    ],
    "longer, where nothing is extended": [{ access: FIXED, durationMs: 5 * HOUR }, "rules: Payroll cannot be extended"],
    "shorter, where nothing is extended": [{ access: FIXED, durationMs: 2 * HOUR }, "ends at 2 h"],
    "longer, by somebody who is no longer eligible": [{ groups: ["Other"], durationMs: 5 * HOUR }, NO_LONGER],
    "shorter, by somebody who is no longer eligible": [{ groups: [], durationMs: 2 * HOUR }, "ends at 2 h"],
    "longer, of a start to come": [
        { grant: { ...GRANT, startsAtMs: 2 * HOUR, expiresAtMs: 6 * HOUR }, durationMs: 8 * HOUR },
        "ends at 10 h",
    ],
    "longer than approvers agreed to": [{ access: APPROVED, grant: AGREED, durationMs: 7 * HOUR }, "waits until 2 h"],
    "longer, up to what approvers agreed to": [
        { access: APPROVED, grant: AGREED, durationMs: 6 * HOUR },
        "ends at 6 h",
    ],
    "longer by a millisecond than that": [
        { access: APPROVED, grant: AGREED, durationMs: 6 * HOUR + 1 },
        "waits until 2 h",
    ],
    "longer, of a grant of before there were approvers": [
        { access: APPROVED, durationMs: 5 * HOUR },
        "waits until 2 h",
    ],
    "longer, half an hour before the end": [
        { access: APPROVED, grant: AGREED, nowMs: 3.5 * HOUR, durationMs: 7 * HOUR },
        "waits until 4 h",
    ],
    "longer than the most, with approvers": [{ access: APPROVED, grant: AGREED, durationMs: 9 * HOUR }, LONGEST],
    "break-glass, up to its own most": [
        { access: APPROVED, grant: GLASS, nowMs: 0, groups: ["SRE"], durationMs: HOUR },
        "ends at 1 h",
    ],
    "break-glass, longer than that": [
        { access: APPROVED, grant: GLASS, nowMs: 0, groups: ["SRE"], durationMs: 2 * HOUR },
        "rules: the duration is longer than 1 h from the start, which is the most",
    ],
    "break-glass, by somebody who may no longer break it": [
        { access: APPROVED, grant: GLASS, nowMs: 0, durationMs: HOUR },
        NO_LONGER,
    ],
    "break-glass, where there is none any more": [
        { grant: GLASS, nowMs: 0, durationMs: HOUR },
        "rules: the duration is longer than 0 s from the start, which is the most",
    ],
    "a workload's, up to its own most": [
        { groups: [], workload: { isAllowed: true, mostMs: 5 * HOUR }, durationMs: 5 * HOUR },
        "ends at 5 h",
    ],
    "a workload's, longer than that": [
        { groups: [], workload: { isAllowed: true, mostMs: 5 * HOUR }, durationMs: 6 * HOUR },
        "rules: the duration is longer than 5 h from the start, which is the most",
    ],
    "a workload's, of an access that is no longer its own": [
        { workload: { isAllowed: false, mostMs: 5 * HOUR }, durationMs: 5 * HOUR },
        NO_LONGER,
    ],
};

const EXTENDING: Extending = {
    grant: GRANT,
    access: ACCESS,
    durationMs: 5 * HOUR,
    groups: PERSON.groups,
    requests: [],
    nowMs: HOUR,
    id: "q1",
    requestId: "r2",
};

describe("decideExtension", () => {
    for (const [wish, [extending, expected]] of Object.entries(ROWS)) {
        it(`${wish}: ${expected}`, () => {
            const decision = decideExtension({ ...EXTENDING, ...extending });
            const hours = (ms: number) => `${ms / HOUR} h`;
            switch (decision.result) {
                case "refused":
                    return assert.equal(`${decision.why}: ${decision.sentence}`, expected);
                case "changed":
                    return assert.equal(`ends at ${hours(decision.grant.expiresAtMs)}`, expected);
                default:
                    return assert.equal(`waits until ${hours(decision.request.decideByMs)}`, expected);
            }
        });
    }

    it("takes the place of the request to extend the same grant that waits, and of no other one", () => {
        const request = (id: string, rest: Partial<PortalRequest>): PortalRequest => ({
            id,
            access: "payroll",
            holder: PERSON,
            address: "203.0.113.7",
            durationMs: 7 * HOUR,
            createdAtMs: 0,
            decideByMs: HOUR,
            approvals: [],
            state: "waiting",
            extendsGrant: "g1",
            requestId: id,
            ...rest,
        });
        const { extendsGrant: _, ...fresh } = request("q5", {});
        const requests = [
            request("q2", {}),
            request("q3", { extendsGrant: "g2" }),
            request("q4", { state: "denied" }),
            fresh,
        ];
        const decision = decideExtension({ ...EXTENDING, access: APPROVED, requests });
        assert.ok(decision.result === "waits");
        assert.deepEqual(
            decision.replaces.map(({ id }) => id),
            ["q2"],
        );
        assert.equal(decision.request.extendsGrant, "g1");
    });
});
