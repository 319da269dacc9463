import { strict as assert } from "node:assert";
import * as fc from "fast-check";

import { decideAddress } from "../../../src/core/portal/decideAddress";
import { decideApproval } from "../../../src/core/portal/decideApproval";
import { decideExtension } from "../../../src/core/portal/decideExtension";
import { decideGrant } from "../../../src/core/portal/decideGrant";
import {
    identityKey,
    isInForce,
    type Person,
    type PortalGrant,
    type PortalRequest,
} from "../../../src/core/portal/types";
import { ACCESS, APPROVED, asking, PERSON, person } from "./support";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const RULES = { admins: { groups: [], users: [] }, recheckMs: MINUTE, nowMs: 1, id: "g" };

describe("laws of the portal's rules", () => {
    it("two grants of one person never end each other: the later end counts", () => {
        const ask = fc.record({ atMs: fc.nat(10 * HOUR), durationMs: fc.integer({ min: MINUTE, max: 8 * HOUR }) });
        fc.assert(
            fc.property(fc.array(ask, { minLength: 1, maxLength: 6 }), fc.nat(20 * HOUR), (asks, lookMs) => {
                const sorted = [...asks].sort((a, b) => a.atMs - b.atMs);
                const grants: PortalGrant[] = [];
                for (const [index, { atMs, durationMs }] of sorted.entries()) {
                    const made = decideGrant(asking({ id: `g${index}`, nowMs: atMs, ask: { durationMs }, grants }));
                    assert.equal(made.result, "granted");
                    if (made.result === "granted") grants.push(made.grant);
                }
                const isIn = grants.some((grant) => isInForce(grant, lookMs));
                const expected = sorted.some(({ atMs, durationMs }) => atMs <= lookMs && lookMs < atMs + durationMs);
                assert.equal(isIn, expected);
            }),
        );
    });

    it("no sequence of extensions passes the longest duration", () => {
        const step = fc.record({ laterMs: fc.nat(HOUR), durationMs: fc.integer({ min: 1, max: 20 * HOUR }) });
        fc.assert(
            fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, needsApproval) => {
                let grant = grantedNow(needsApproval ? 2 * HOUR : undefined);
                let nowMs = 0;
                for (const { laterMs, durationMs } of steps) {
                    nowMs += laterMs;
                    const access = needsApproval ? APPROVED : ACCESS;
                    const made = decideExtension({
                        grant,
                        access,
                        durationMs,
                        groups: PERSON.groups,
                        requests: [],
                        nowMs,
                        id: "q",
                        requestId: "r",
                    });
                    if (made.result === "changed") grant = made.grant;
                    assert.ok(grant.expiresAtMs <= grant.startsAtMs + access.duration.maxMs);
                    if (needsApproval) assert.ok(grant.expiresAtMs <= 2 * HOUR, "beyond what was approved");
                }
            }),
        );
    });

    it("nobody approves their own, by whatever account of theirs, and no approver counts twice", () => {
        const who = fc.record({ sub: fc.constantFrom("a", "b", "c"), user: fc.constantFrom("ana", "bob", "cyd") });
        fc.assert(
            fc.property(who, fc.array(who, { maxLength: 8 }), (requester, approvers) => {
                const holder = person({ ...requester, groups: ["Staff", "Leads"] });
                const people = new Map<string, Person>([[identityKey(holder), holder]]);
                let request = requestOf(holder);
                for (const each of approvers) {
                    const approver = person({ ...each, groups: ["Leads"] });
                    people.set(identityKey(approver), { ...approver, groups: ["Staff", "Leads"] });
                    const made = decideApproval({ request, access: APPROVED, approver, people, ...RULES });
                    if (made.result === "noted" || made.result === "approved") request = made.request;
                    if (made.result === "approved") break;
                }
                for (const { sub, user } of request.approvals) {
                    assert.notEqual(sub, holder.sub);
                    assert.notEqual(user, holder.user);
                }
                const [subs, users] = [
                    request.approvals.map(({ sub }) => sub),
                    request.approvals.map(({ user }) => user),
                ];
                assert.equal(new Set(subs).size, subs.length);
                assert.equal(new Set(users).size, users.length);
                if (request.state === "approved") assert.ok(request.approvals.length >= 2);
            }),
        );
    });

    it("an approval never survives a changed address", () => {
        const address = fc.constantFrom("203.0.113.1", "203.0.113.2", "203.0.113.3");
        fc.assert(
            fc.property(address, address, address, (asked, present, later) => {
                const holder = { ...PERSON, address: present };
                const [first, second] = [
                    person({ sub: "l1", user: "l1", groups: ["Leads"] }),
                    person({ sub: "l2", user: "l2", groups: ["Leads"] }),
                ];
                const people = new Map([holder, first, second].map((each) => [identityKey(each), each]));
                const request = { ...requestOf(holder), address: asked };
                const noted = decideApproval({ request, access: APPROVED, approver: first, people, ...RULES });
                assert.equal(noted.result, "noted");
                if (noted.result !== "noted") return;
                const made = decideApproval({
                    request: noted.request,
                    access: APPROVED,
                    approver: second,
                    people,
                    ...RULES,
                });
                if (asked !== present) {
                    assert.equal(made.result, "void");
                    if (made.result === "void") assert.deepEqual(made.request.approvals, []);
                    return;
                }
                assert.equal(made.result, "approved");
                if (made.result !== "approved") return;
                const moved = decideAddress({
                    grant: made.grant,
                    access: APPROVED,
                    groups: PERSON.groups,
                    address: later,
                    addressProblem: undefined,
                    signIn: { address: later, atMs: 2 },
                    grants: [made.grant],
                    maxAddresses: 3,
                    nowMs: 2,
                });
                const held = moved.result === "changed" ? moved.grant.addresses : made.grant.addresses;
                assert.deepEqual(held, [asked]);
            }),
        );
    });

    it("nobody holds grants from more addresses than they may", () => {
        const move = fc.record({ address: fc.integer({ min: 1, max: 6 }), laterMs: fc.nat(2 * HOUR) });
        fc.assert(
            fc.property(fc.array(move, { maxLength: 20 }), (moves) => {
                const grants: PortalGrant[] = [];
                let nowMs = 0;
                for (const [index, { address, laterMs }] of moves.entries()) {
                    nowMs += laterMs;
                    const made = decideGrant(
                        asking({ id: `g${index}`, nowMs, address: `203.0.113.${address}`, grants }),
                    );
                    if (made.result === "granted") grants.push(made.grant);
                    const held = new Set(
                        grants.filter((each) => isInForce(each, nowMs)).flatMap(({ addresses }) => addresses),
                    );
                    assert.ok(held.size <= 3, `${held.size} addresses`);
                }
            }),
        );
    });
});

function grantedNow(approvedUntilMs: number | undefined): PortalGrant {
    const made = decideGrant(asking({ nowMs: 0, ask: { durationMs: HOUR } }));
    assert.equal(made.result, "granted");
    if (made.result !== "granted") throw new Error("not granted");
    return { ...made.grant, ...(approvedUntilMs !== undefined && { approvedUntilMs }) };
}

function requestOf(holder: Person): PortalRequest {
    const made = decideGrant(
        asking({ access: APPROVED, holder, groups: ["Staff"], nowMs: 0, address: holder.address ?? "203.0.113.7" }),
    );
    assert.equal(made.result, "waits");
    if (made.result !== "waits") throw new Error("does not wait");
    return made.request;
}
