import { strict as assert } from "node:assert";

import { linearPattern } from "../../../src/core/patterns/linearPattern";
import { type Asking, decideGrant } from "../../../src/core/portal/decideGrant";
import type { PortalGrant } from "../../../src/core/portal/types";
import { ACCESS, APPROVED, asking } from "./support";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NEEDS_REASON = { ...ACCESS, reason: "required" as const };
const NEEDS_TICKET = { ...ACCESS, ticket: pattern("^(?:(INC|CHG)-\\d+)$") };
const ADMIN = { iss: "https://idp", sub: "adam", user: "adam", name: "Adam", isAdmin: true as const };

/** What is asked, and "granted", "waits", or why not and the sentence. */
const ROWS: Readonly<Record<string, readonly [Partial<Asking>, string]>> = {
    "an eligible person asks": [{}, "granted"],
    "somebody of another group asks": [
        { groups: ["Other"] },
        'not-allowed: there is no access "payroll" that you may request',
    ],
    "nobody's groups are known": [{ groups: [] }, 'not-allowed: there is no access "payroll" that you may request'],
    "an approval is needed": [{ access: APPROVED }, "waits"],
    "break-glass is used by somebody who may": [
        { access: APPROVED, groups: ["SRE"], ask: { isBreakGlass: true, reason: "it burns" } },
        "granted",
    ],
    "break-glass is used by somebody who may not": [
        { access: APPROVED, ask: { isBreakGlass: true, reason: "it burns" } },
        "not-allowed: you may not use break-glass for this access",
    ],
    "break-glass is used where there is none": [
        { ask: { isBreakGlass: true, reason: "it burns" } },
        "not-allowed: you may not use break-glass for this access",
    ],
    "break-glass is used by an approver": [
        { access: APPROVED, groups: ["Leads"], ask: { isBreakGlass: true, reason: "it burns" } },
        "not-allowed: you may not use break-glass for this access",
    ],
    "break-glass is used by a stranger to the access": [
        { access: APPROVED, groups: ["Other"], ask: { isBreakGlass: true, reason: "it burns" } },
        'not-allowed: there is no access "payroll" that you may request',
    ],
    "break-glass is used by a workload of another access": [
        { groups: [], isWorkload: false, ask: { isBreakGlass: true, reason: "it burns" } },
        'not-allowed: there is no access "payroll" that you may request',
    ],
    "a reason is of characters that nobody sees": [
        { access: NEEDS_REASON, ask: { reason: "\u200b\u3164" } },
        "rules: Payroll needs a reason",
    ],
    "break-glass has no reason": [
        { access: APPROVED, groups: ["SRE"], ask: { isBreakGlass: true } },
        "rules: break-glass needs a reason: say what has happened",
    ],
    "break-glass is longer than its own duration": [
        { access: APPROVED, groups: ["SRE"], ask: { isBreakGlass: true, reason: "x", durationMs: 2 * HOUR } },
        "rules: the duration is longer than 1 h, which is the most",
    ],
    "break-glass is to begin later": [
        { access: APPROVED, groups: ["SRE"], ask: { isBreakGlass: true, reason: "x", startsAtMs: HOUR } },
        "rules: break-glass starts now",
    ],
    "a reason is missing": [{ access: NEEDS_REASON }, "rules: Payroll needs a reason"],
    "a reason is blank": [{ access: NEEDS_REASON, ask: { reason: "  " } }, "rules: Payroll needs a reason"],
    "a ticket is missing": [{ access: NEEDS_TICKET }, "rules: Payroll needs a ticket"],
    "a ticket is another one": [
        { access: NEEDS_TICKET, ask: { ticket: "x INC-1 y" } },
        "rules: the ticket does not look like one that is taken",
    ],
    "a ticket is right": [{ access: NEEDS_TICKET, ask: { ticket: "INC-4711" } }, "granted"],
    "the longest duration is asked for": [{ ask: { durationMs: 8 * HOUR } }, "granted"],
    "a longer one is asked for": [
        { ask: { durationMs: 8 * HOUR + 1 } },
        "rules: the duration is longer than 8 h, which is the most",
    ],
    "hardly any time is asked for": [{ ask: { durationMs: 1 } }, "rules: the duration is shorter than a minute"],
    "it is to begin in a week": [{ ask: { startsAtMs: 7 * DAY } }, "granted"],
    "it is to begin later than that": [
        { ask: { startsAtMs: 7 * DAY + 1 } },
        "rules: startsAt is more than 7 days ahead",
    ],
    "it is to have begun": [{ nowMs: DAY, ask: { startsAtMs: 0 } }, "rules: startsAt is in the past"],
    "the address cannot be granted": [{ addressProblem: "you come by IPv6" }, "address: you come by IPv6"],
    "an admin grants for somebody of other groups": [{ by: ADMIN, groups: [], ask: { reason: "on call" } }, "granted"],
    "an admin grants without a reason": [{ by: ADMIN }, "rules: a grant for another person needs a reason"],
    "an admin asks where approvers decide": [{ by: ADMIN, access: APPROVED, ask: { reason: "x" } }, "waits"],
    "an admin uses break-glass for somebody else": [
        { by: ADMIN, access: APPROVED, groups: ["SRE"], ask: { reason: "x", isBreakGlass: true } },
        "not-allowed: break-glass is for oneself only",
    ],
    "a workload asks for what it may": [{ isWorkload: true, groups: [], mostMs: 8 * HOUR }, "granted"],
    "a workload asks for longer than it may": [
        { isWorkload: true, groups: [], mostMs: HOUR, ask: { durationMs: 2 * HOUR } },
        "rules: the duration is longer than 1 h, which is the most",
    ],
    "a workload is to begin later": [
        { isWorkload: true, groups: [], ask: { startsAtMs: HOUR } },
        "rules: a workload's grant starts now",
    ],
    "a workload asks for something else": [
        { isWorkload: false, groups: [] },
        'not-allowed: there is no access "payroll" that you may request',
    ],
    "three other addresses are held": [
        { grants: ["1", "2", "3"].map((end) => grantFrom(`203.0.113.${end}`)) },
        "conflict: you hold grants from 3 addresses, which is the most: give one back first",
    ],
    "three addresses are held, this one included": [
        { grants: ["7", "2", "3"].map((end) => grantFrom(`203.0.113.${end}`)) },
        "granted",
    ],
    "one of three addresses is held no more": [
        { nowMs: 5 * HOUR, grants: ["1", "2", "3"].map((end) => grantFrom(`203.0.113.${end}`)) },
        "granted",
    ],
};

describe("decideGrant", () => {
    for (const [what, [rest, expected]] of Object.entries(ROWS)) {
        it(`${expected.split(":")[0]} where ${what}`, () => {
            const made = decideGrant(asking(rest));
            assert.equal(made.result === "refused" ? `${made.why}: ${made.sentence}` : made.result, expected);
        });
    }

    it("takes the usual duration, or the workload's where that is shorter", () => {
        const [usual, short] = [decideGrant(asking({})), decideGrant(asking({ isWorkload: true, mostMs: HOUR }))];
        assert.ok(usual.result === "granted" && short.result === "granted");
        assert.deepEqual([usual.grant.expiresAtMs, short.grant.expiresAtMs], [4 * HOUR, HOUR]);
    });

    it("leaves the address of a later start to be confirmed", () => {
        const made = decideGrant(asking({ ask: { startsAtMs: HOUR } }));
        assert.ok(made.result === "granted");
        assert.deepEqual(
            [made.grant.isUnconfirmed, made.grant.startsAtMs, made.grant.expiresAtMs],
            [true, HOUR, 5 * HOUR],
        );
    });

    it("withdraws the request of before for the same access", () => {
        const first = decideGrant(asking({ access: APPROVED }));
        assert.ok(first.result === "waits");
        const second = decideGrant(asking({ access: APPROVED, id: "g2", requests: [first.request] }));
        assert.ok(second.result === "waits");
        assert.deepEqual(second.replaces, [first.request]);
    });
});

function grantFrom(address: string): PortalGrant {
    const made = decideGrant(asking({ id: address, address }));
    assert.ok(made.result === "granted");
    return made.grant;
}

function pattern(source: string) {
    const read = linearPattern(source);
    if ("problem" in read) throw new Error(read.problem);
    return read;
}
