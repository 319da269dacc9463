import { strict as assert } from "node:assert";
import fc from "fast-check";

import { type DecidingZone, judgeLockOut } from "../../../src/core/judging/lockOut";

const zone = (name: string, gateways: readonly string[], more: Partial<DecidingZone> = {}): DecidingZone => ({
    name,
    usage: "POLICY",
    status: "ACTIVE",
    gateways,
    isExempt: false,
    ...more,
});
const blocked = (...gateways: string[]) => zone("BlockedIpZone", gateways, { usage: "BLOCKLIST" });
const exempt = (...gateways: string[]) => zone("DefaultExemptIpZone", gateways, { isExempt: true });
const STAFF = zone("Staff", ["203.0.113.7/32", "192.0.2.0/32"]);
const NOBODY: readonly DecidingZone[] = [STAFF, blocked(), exempt()];
const SAYS = 'it would shut out 203.0.113.7/32, which zone "Staff" lets in';

/** The rows of the table of judgeLockOut, then what lies between them. */
const CASES: readonly (readonly [
    because: string,
    after: readonly DecidingZone[],
    says: string | undefined,
    before?: readonly DecidingZone[],
])[] = [
    ["let in, blocked, not exempt", [STAFF, blocked("203.0.113.0/24"), exempt()], SAYS],
    ["let in, blocked, exempt", [STAFF, blocked("203.0.113.0/24"), exempt("203.0.113.0/28")], undefined],
    ["let in, not blocked", [STAFF, blocked("203.0.113.8"), exempt()], undefined],
    ["not let in", [blocked("203.0.113.0/24"), exempt()], undefined],
    ["the sentinel alone", [STAFF, blocked("192.0.2.0/24")], undefined],
    ["let in by a zone that is not active", [{ ...STAFF, status: "INACTIVE" }, blocked("0.0.0.0/0")], undefined],
    ["blocked by a zone that is not active", [STAFF, { ...blocked("0.0.0.0/0"), status: "INACTIVE" }], undefined],
    ["exempt and let in by nobody else", [blocked("203.0.113.7/32"), exempt("203.0.113.7/32")], undefined],
    ["shut out already", [STAFF, blocked("203.0.113.0/24")], undefined, [STAFF, blocked("203.0.113.7")]],
    [
        "exempt no more",
        [STAFF, blocked("203.0.113.0/24"), exempt()],
        SAYS,
        [STAFF, blocked("203.0.113.0/24"), exempt("203.0.113.7")],
    ],
    [
        "several, of several zones",
        [STAFF, zone("Office", ["198.51.100.0/24"]), blocked("203.0.113.0/24", "198.51.100.128/25")],
        'it would shut out 198.51.100.128/25 and 1 more, which zone "Staff", "Office" lets in',
    ],
];

describe("judgeLockOut", () => {
    for (const [because, after, says, before = NOBODY] of CASES) {
        it(because, () => assert.equal(judgeLockOut(before, after), says));
    }

    it("finds a lock-out exactly where an address is admitted and blocked, and is not exempt", () => {
        const few = fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]);
        const ips = (hosts: readonly number[]) => hosts.map((host) => `203.0.113.${host}/32`);
        fc.assert(
            fc.property(few, few, few, (own, bad, free) => {
                const after = [zone("Staff", ips(own)), blocked(...ips(bad)), exempt(...ips(free))];
                const isOut = own.some((host) => bad.includes(host) && !free.includes(host));
                assert.equal(judgeLockOut([], after) !== undefined, isOut);
                assert.equal(judgeLockOut(after, after), undefined);
            }),
        );
    });
});
