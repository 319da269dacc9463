import { strict as assert } from "node:assert";

import { type ApprovalDecision, decideApproval, decideCompletion } from "../../../src/core/portal/decideApproval";
import { type Approval, identityKey, type Person, type PortalRequest } from "../../../src/core/portal/types";
import { APPROVED, PERSON, person } from "./support";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const RECHECK = 15 * MINUTE;

const [NEW, OLD] = [{ checkedAtMs: NOW - RECHECK }, { checkedAtMs: NOW - RECHECK - 1 }];
const REFUSED = { groups: [], checkedAtMs: 0, refusedAtMs: NOW - 1 };

const ANA = { ...PERSON, ...NEW };
const LEA = person({ sub: "lea", user: "lea", name: "Lea", groups: ["Leads"], ...NEW });
const LEO = person({ sub: "leo", user: "leo", name: "Leo", groups: ["Leads"], ...NEW });
const ADAM = person({ sub: "adam", user: "adam", name: "Adam", groups: ["Security"], ...NEW });

const REQUEST: PortalRequest = {
    id: "q1",
    access: "payroll",
    holder: { iss: ANA.iss, sub: ANA.sub, user: ANA.user, name: ANA.name },
    address: "203.0.113.7",
    durationMs: 4 * 60 * MINUTE,
    createdAtMs: NOW - 30 * MINUTE,
    decideByMs: NOW + 30 * MINUTE,
    approvals: [approvalOf(LEA)],
    state: "waiting",
    requestId: "r1",
};

const BY_ADAM = { requestedBy: { iss: ADAM.iss, sub: ADAM.sub, name: ADAM.name } };

interface Row {
    /** What the provider said of them last, where it is not new and good. */
    readonly ana?: Partial<Person> | "unknown";
    readonly lea?: Partial<Person> | "unknown";
    readonly adam?: Partial<Person>;
    readonly request?: Partial<PortalRequest>;
    readonly approver?: Person;
    readonly access?: typeof APPROVED | undefined;
    readonly becomes: string;
}

/** Two approvers are needed; Lea has agreed before, and Leo agrees now. */
const LAST_APPROVAL: Readonly<Record<string, Row>> = {
    "everybody was checked within recheck": { becomes: "approved by Lea, Leo" },
    "the requester was checked too long ago": { ana: OLD, becomes: "noted, waits for Ana" },
    "the requester has left the group": { ana: { groups: [] }, becomes: "void: Ana may no longer have this access" },
    "the requester had left the group when they were checked, too long ago": {
        ana: { ...OLD, groups: [] },
        becomes: "void: Ana may no longer have this access",
    },
    "the provider refused to confirm the requester": {
        ana: REFUSED,
        becomes: "void: Ana may no longer have this access",
    },
    "the provider refused the requester, whom the settings name": {
        ana: REFUSED,
        access: { ...APPROVED, eligible: { groups: [], users: ["ana"] } },
        becomes: "void: Ana may no longer have this access",
    },
    "nothing is known of the requester": { ana: "unknown", becomes: "void: Ana may no longer have this access" },
    "the requester came from another address since": {
        ana: { address: "203.0.113.8" },
        becomes: "void: Ana came from another address since: they have to request it again",
    },
    "the earlier approver was checked too long ago": { lea: OLD, becomes: "noted, waits for Lea" },
    "requester and earlier approver were checked too long ago": {
        ana: OLD,
        lea: OLD,
        becomes: "noted, waits for Ana and Lea",
    },
    "the earlier approver has left the group": { lea: { groups: [] }, becomes: "noted with 1" },
    "the provider refused to confirm the earlier approver": { lea: REFUSED, becomes: "noted with 1" },
    "nothing is known of the earlier approver": { lea: "unknown", becomes: "noted with 1" },
    "an earlier approver was checked too long ago, and others are enough": {
        lea: OLD,
        request: { approvals: [approvalOf(LEA), approvalOf(person({ sub: "lia", user: "lia", name: "Lia" }))] },
        becomes: "approved by Lia, Leo",
    },
    "an admin asked, and the holder was checked too long ago": {
        ana: OLD,
        request: BY_ADAM,
        becomes: "approved by Lea, Leo",
    },
    "an admin asked, who was checked too long ago": {
        adam: OLD,
        request: BY_ADAM,
        becomes: "noted, waits for Adam",
    },
    "an admin asked, who is none any more": {
        adam: { groups: [] },
        request: BY_ADAM,
        becomes: "void: Adam may no longer grant for others",
    },
    "the request is denied already": {
        request: { state: "denied" },
        becomes: "conflict: this request is denied already",
    },
    "the time to decide is over": {
        request: { decideByMs: NOW },
        becomes: "conflict: the time to decide about this request is over",
    },
    "the approver is the requester": {
        approver: { ...ANA, groups: ["Leads"] },
        becomes: "not-allowed: nobody approves their own request",
    },
    "the approver is the requester's other account": {
        approver: { ...LEO, user: "ana" },
        becomes: "not-allowed: nobody approves their own request",
    },
    "the approver asked for the holder": {
        request: { requestedBy: { iss: LEO.iss, sub: LEO.sub, name: "Leo" } },
        becomes: "not-allowed: nobody approves their own request",
    },
    "the approver is none": {
        approver: { ...LEO, groups: [] },
        becomes: "not-allowed: you may not decide about this request",
    },
    "the approver approved before": { approver: LEA, becomes: "conflict: you have approved this request already" },
    "the settings have the access no more": {
        access: undefined,
        becomes: "not-allowed: you may not decide about this request",
    },
};

describe("decideApproval", () => {
    for (const [what, row] of Object.entries(LAST_APPROVAL)) {
        it(`${what}: ${row.becomes}`, () => {
            const judging = judgingOf(row);
            assert.equal(told(decideApproval({ ...judging, approver: row.approver ?? LEO })), row.becomes);
        });
    }

    it("notes an approval that is one too few, whatever is known of the requester", () => {
        const request = { ...REQUEST, approvals: [] };
        const made = decideApproval({ ...judgingOf({ ana: OLD, becomes: "" }), request, approver: LEO });
        assert.equal(told(made), "noted with 1");
    });
});

describe("decideCompletion", () => {
    const both = { approvals: [approvalOf(LEA), approvalOf(LEO)], waitsFor: "Ana has to sign in again" };
    const rows: Readonly<Record<string, Row>> = {
        "everybody has been checked": { request: both, becomes: "approved by Lea, Leo" },
        "somebody has not": { request: both, lea: OLD, becomes: "noted, waits for Lea" },
        "the requester is not eligible any more": {
            request: both,
            ana: { groups: [] },
            becomes: "void: Ana may no longer have this access",
        },
        "an approver is missing": { becomes: "nothing" },
        "the time to decide is over": { request: { ...both, decideByMs: NOW }, becomes: "nothing" },
        "the request was withdrawn": { request: { ...both, state: "withdrawn" }, becomes: "nothing" },
    };
    for (const [what, row] of Object.entries(rows)) {
        it(`${what}: ${row.becomes}`, () => {
            const made = decideCompletion(judgingOf(row));
            assert.equal(made === undefined ? "nothing" : told(made), row.becomes);
            if (made?.result === "approved") assert.equal("waitsFor" in made.request, false);
        });
    }
});

function judgingOf({ ana = {}, lea = {}, adam = {}, request = {}, ...rest }: Row) {
    const lia = person({ ...LEA, sub: "lia", user: "lia", name: "Lia" });
    const known: (Person | undefined)[] = [
        ana === "unknown" ? undefined : { ...ANA, ...ana },
        lea === "unknown" ? undefined : { ...LEA, ...lea },
        { ...ADAM, ...adam },
        LEO,
        lia,
    ];
    const people = new Map(known.flatMap((each) => (each === undefined ? [] : [[identityKey(each), each]])));
    return {
        request: { ...REQUEST, ...request },
        access: "access" in rest ? rest.access : APPROVED,
        people,
        admins: { groups: ["Security"], users: [] },
        recheckMs: RECHECK,
        nowMs: NOW,
        id: "g1",
    };
}

function approvalOf({ iss, sub, user, name }: Person): Approval {
    return { iss, sub, user, name, atMs: NOW - MINUTE };
}

function told(made: ApprovalDecision): string {
    if (made.result === "refused") return `${made.why}: ${made.sentence}`;
    if (made.result === "void") return `void: ${made.sentence}`;
    if (made.result === "approved") return `approved by ${made.grant.approvedBy?.join(", ")}`;
    const { waitsFor, approvals } = made.request;
    const [, names] = /^(.*?) (?:has|have) to sign in again/.exec(waitsFor ?? "") ?? [];
    return names === undefined ? `noted with ${approvals.length}` : `noted, waits for ${names}`;
}
