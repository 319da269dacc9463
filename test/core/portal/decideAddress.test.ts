import { strict as assert } from "node:assert";

import { decideAddress, type Moving } from "../../../src/core/portal/decideAddress";
import type { PortalGrant } from "../../../src/core/portal/types";
import { ACCESS, APPROVED, PERSON } from "./support";

const [HOUR, MINUTE] = [3_600_000, 60_000];
const [HOME, TRAIN, OFFICE] = ["203.0.113.7", "198.51.100.8", "192.0.2.9"];

/** PERSON's grant from home. */
const GRANT: PortalGrant = {
    id: "g1",
    access: "payroll",
    holder: PERSON,
    addresses: [HOME],
    createdAtMs: 0,
    startsAtMs: 0,
    expiresAtMs: 4 * HOUR,
    labels: {},
    requestId: "r1",
};

const AGREED = { ...GRANT, approvedUntilMs: 4 * HOUR };
const ASKED = { ...GRANT, isUnconfirmed: true };
const ALSO_OFFICE = { ...GRANT, id: "g2", addresses: [OFFICE] };
const NO_LONGER = "not-allowed: you may no longer have this access";
const SIGN_IN = "not-allowed: sign in again from this address first";
const FOR_ANOTHER = "conflict: it was approved for another address: request it again from this one";
const OVER = "conflict: this grant has ended";

/** The addresses of the grant afterwards, or why not. PERSON comes from the train, and signed in there a minute ago. */
const ROWS: Readonly<Record<string, readonly [Partial<Moving>, string]>> = {
    "after a fresh sign-in from there": [{}, `${HOME} ${TRAIN}`],
    "five minutes after the sign-in": [{ signIn: { address: TRAIN, atMs: HOUR - 5 * MINUTE } }, `${HOME} ${TRAIN}`],
    "a millisecond later": [{ signIn: { address: TRAIN, atMs: HOUR - 5 * MINUTE - 1 } }, SIGN_IN],
    "after a fresh sign-in from elsewhere": [{ signIn: { address: HOME, atMs: HOUR } }, SIGN_IN],
    "from an address that it has": [{ address: HOME, signIn: { address: OFFICE, atMs: 0 } }, HOME],
    "from an address that cannot be granted": [{ addressProblem: "it is private" }, "address: it is private"],
    "of a grant that has reached its end": [{ nowMs: 4 * HOUR }, OVER],
    "of a grant that was ended": [{ grant: { ...GRANT, endedAtMs: 1 } }, OVER],
    "by somebody who is no longer eligible": [{ groups: ["Other"] }, NO_LONGER],
    "of an access that the settings have no more": [{ access: undefined }, NO_LONGER],
    "of one that approvers agreed to": [{ access: APPROVED, grant: AGREED }, FOR_ANOTHER],
    "of one that approvers agreed to, from its address": [{ access: APPROVED, grant: AGREED, address: HOME }, HOME],
    "as the second of two addresses": [{ maxAddresses: 2 }, `${HOME} ${TRAIN}`],
    "as the second, where one is the most": [
        { maxAddresses: 1 },
        "conflict: you hold grants from 1 address, which is the most",
    ],
    "as the third over all grants, where two are the most": [
        { maxAddresses: 2, grants: [GRANT, ALSO_OFFICE] },
        "conflict: you hold grants from 2 addresses, which is the most",
    ],
    "as the third, where another grant has it": [
        { maxAddresses: 2, grants: [GRANT, { ...ALSO_OFFICE, addresses: [TRAIN] }] },
        `${HOME} ${TRAIN}`,
    ],
    "as the third, where another grant has ended": [
        { maxAddresses: 2, grants: [GRANT, { ...ALSO_OFFICE, endedAtMs: 1 }] },
        `${HOME} ${TRAIN}`,
    ],
    "as the third, where another person has the second": [
        { maxAddresses: 2, grants: [GRANT, { ...ALSO_OFFICE, holder: { ...PERSON, sub: "lea" } }] },
        `${HOME} ${TRAIN}`,
    ],
    "of break-glass, by somebody who may break it": [
        { access: APPROVED, grant: { ...GRANT, isBreakGlass: true }, groups: ["SRE"] },
        `${HOME} ${TRAIN}`,
    ],
    "of break-glass, by somebody who may only request": [
        { access: APPROVED, grant: { ...GRANT, isBreakGlass: true } },
        NO_LONGER,
    ],
    "to confirm a start": [{ grant: ASKED }, TRAIN],
    "to confirm a start, without a fresh sign-in": [{ grant: ASKED, signIn: { address: HOME, atMs: 0 } }, TRAIN],
    "to confirm a start that is still to come": [
        { grant: { ...ASKED, startsAtMs: HOUR + 1 } },
        "conflict: this grant is confirmed once it has started",
    ],
    "to confirm a start, by somebody who is no longer eligible": [{ grant: ASKED, groups: [] }, NO_LONGER],
    "to confirm a start that approvers agreed to": [
        { access: APPROVED, grant: { ...ASKED, approvedUntilMs: 4 * HOUR } },
        FOR_ANOTHER,
    ],
    "to confirm a start that approvers agreed to, from its address": [
        { access: APPROVED, grant: { ...ASKED, approvedUntilMs: 4 * HOUR }, address: HOME },
        HOME,
    ],
};

describe("decideAddress, of the wish to add the present address", () => {
    for (const [wish, [moving, expected]] of Object.entries(ROWS)) {
        it(`${wish}: ${expected}`, () => {
            const decision = decideAddress({
                grant: GRANT,
                access: ACCESS,
                groups: PERSON.groups,
                address: TRAIN,
                addressProblem: undefined,
                signIn: { address: TRAIN, atMs: HOUR - MINUTE },
                grants: [GRANT],
                maxAddresses: 3,
                nowMs: HOUR,
                ...moving,
            });
            if (decision.result === "refused") return assert.equal(`${decision.why}: ${decision.sentence}`, expected);
            const { addresses, isUnconfirmed, expiresAtMs } = decision.grant;
            assert.equal(addresses.join(" "), expected);
            assert.deepEqual([isUnconfirmed, expiresAtMs], [undefined, 4 * HOUR]);
        });
    }
});
