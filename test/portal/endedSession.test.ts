import { strict as assert } from "node:assert";

import { type Change, staleRows, TABLES } from "../../src/core/portal/state";
import { identityKey, type Person, type PortalGrant, type PortalSession } from "../../src/core/portal/types";
import { addAddress, extendGrant, signOff } from "../../src/portal/actions/changeGrant";
import { decideRequest } from "../../src/portal/actions/decideRequest";
import { revokePerson } from "../../src/portal/actions/people";
import { requestGrant } from "../../src/portal/actions/requestGrant";
import type { PersonCaller } from "../../src/portal/callers";
import type { PortalContext } from "../../src/portal/context";
import { problemOf } from "../../src/portal/problem";
import { APPROVED, person as personOf } from "../core/portal/support";

const [HOUR, NOW] = [3_600_000, Date.parse("2026-12-01T12:00:00Z")];

const PERSON = personOf({ sub: "00uAna", user: "00uAna", groups: ["Staff", "Leads"], checkedAtMs: NOW });

/** What a caller whose session was there a moment ago may ask for. */
const CALLS: Readonly<Record<string, (context: PortalContext, caller: PersonCaller) => Promise<unknown>>> = {
    "request access": (context, caller) => requestGrant(context, caller, { access: APPROVED.name }),
    "request access at sign-in": (context, caller) =>
        requestGrant(context, caller, { access: APPROVED.name }, { session: caller.visitor.key }),
    "request access again with its key": (context, caller) =>
        requestGrant(context, caller, { access: APPROVED.name }, { idempotencyKey: "k" }),
    "extend a grant": (context, caller) => extendGrant(context, caller, "g1", 2 * HOUR),
    "add an address": (context, caller) => addAddress(context, caller, "g1"),
    "sign off": (context, caller) => signOff(context, caller, "g1"),
    approve: (context, caller) => decideRequest(context, caller, "q1", { decision: "approve" }, "k"),
    deny: (context, caller) => decideRequest(context, caller, "q1", { decision: "deny" }),
    withdraw: (context, caller) => decideRequest(context, caller, "q1", { decision: "withdraw" }),
    "end all access of a person": (context, caller) => revokePerson(context, caller, "00uAna"),
};

describe("a session that ended after it was known who asks", () => {
    for (const [what, call] of Object.entries(CALLS)) {
        it(`can no longer ${what}`, async () => {
            const kept: Change[][] = [];
            const refused = await call(contextWith(false, kept), CALLER).then(
                () => undefined,
                (error: unknown) => problemOf(error),
            );
            assert.deepEqual([refused?.status, refused?.sentence], [401, "your session has ended"]);
            assert.deepEqual(kept, []);
        });
    }
});

describe("the end of all access of a person", () => {
    it("ends sessions in the same transaction as grants, so that none makes another grant in between", async () => {
        const transactions: Change[][] = [];
        await revokePerson(contextWith(true, transactions), CALLER, "00uAna");
        const [first = [], ...more] = transactions;
        assert.deepEqual(more, []);
        assert.deepEqual(
            first.map(([table, key, row]) => [table, key, row === null]),
            [
                ["grants", "g1", false],
                ["sessions", "key", true],
                ["revocations", "v-1", false],
                ["used", 'ended sub ["https://idp","00uAna"]', false],
                ["used", 'ended name [null,"00uana"]', false],
            ],
        );
    });
});

describe("what is known of a person", () => {
    const known: Readonly<Record<string, readonly [row: Partial<Person>, isKept: boolean]>> = {
        "who was refused by the provider today": [{ checkedAtMs: 0, refusedAtMs: NOW }, true],
        "who was here today, before the store was restored": [{ checkedAtMs: 0, seenAtMs: NOW }, true],
        "of whom nothing was heard for 91 days": [{ checkedAtMs: NOW - 91 * 24 * HOUR, seenAtMs: 1 }, false],
        "who was refused 91 days ago": [{ checkedAtMs: 0, refusedAtMs: NOW - 91 * 24 * HOUR }, false],
    };
    for (const [who, [row, isKept]] of Object.entries(known)) {
        it(`${isKept ? "stays" : "goes"} for one ${who}`, () => {
            const state = stateOf({ people: [[identityKey(PERSON), { ...PERSON, ...row }]] });
            assert.deepEqual(staleRows(state, NOW), isKept ? [] : [["people", identityKey(PERSON), null]]);
        });
    }
});

const SESSION: PortalSession = {
    iss: PERSON.iss,
    sub: PERSON.sub,
    startedAtMs: NOW,
    seenAtMs: NOW,
    signedInAtMs: NOW,
    checkedAtMs: NOW,
    address: "203.0.113.7",
    signInAddress: "203.0.113.7",
};

const GRANT: PortalGrant = {
    id: "g1",
    access: APPROVED.name,
    holder: PERSON,
    addresses: ["203.0.113.7"],
    createdAtMs: NOW,
    startsAtMs: NOW,
    expiresAtMs: NOW + HOUR,
    labels: {},
    requestId: "r",
};

/** Of somebody else, about which the caller may decide. */
const REQUEST = {
    id: "q1",
    access: APPROVED.name,
    holder: personOf({ sub: "00uLeo", user: "00uLeo" }),
    address: "203.0.113.8",
    durationMs: HOUR,
    createdAtMs: NOW,
    decideByMs: NOW + HOUR,
    approvals: [],
    state: "waiting",
    requestId: "r",
};

const CALLER: PersonCaller = {
    kind: "person",
    visitor: { key: "key", session: SESSION, person: PERSON },
    person: PERSON,
    session: SESSION,
    isAdmin: true,
    by: "cookie",
    address: "203.0.113.7",
    addressProblem: undefined,
};

type Tables = Parameters<typeof staleRows>[0];

function stateOf(rows: Readonly<Record<string, readonly (readonly [string, unknown])[]>>): Tables {
    return Object.fromEntries(TABLES.map((name) => [name, new Map(rows[name] ?? [])])) as unknown as Tables;
}

/** A context whose store has what is above, with or without the caller's session, and hears the changes of each transaction. */
function contextWith(isThere: boolean, transactions: Change[][]): PortalContext {
    const state = stateOf({
        people: [[identityKey(PERSON), PERSON]],
        sessions: isThere ? [["key", SESSION]] : [],
        grants: [["g1", GRANT]],
        requests: [["q1", REQUEST]],
    });
    const context = {
        settings: {
            accesses: [APPROVED],
            admins: { groups: [], users: [] },
            notify: [],
            maxAddresses: 3,
            session: { recheckMs: HOUR },
        },
        store: {
            read: async () => state,
            transact: async (work: (state: Tables) => { changes: readonly Change[]; result: unknown }) => {
                const { changes, result } = work(state);
                transactions.push([...changes]);
                return result;
            },
        },
        now: () => NOW,
        reports: () => [],
        newId: (prefix: string) => `${prefix}1`,
        audit: async () => {},
        requireLedger: async () => {},
    };
    return context as unknown as PortalContext;
}
