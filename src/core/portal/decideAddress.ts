import { addressesOf } from "./decideGrant";
import { type Refusal, refusal } from "./refusal";
import { type AccessSettings, isEligible } from "./settings/portalSettings";
import { isLive, type PortalGrant } from "./types";

export interface Moving {
    readonly grant: PortalGrant;
    readonly access: AccessSettings | undefined;
    readonly groups: readonly string[];
    readonly address: string;
    readonly addressProblem: string | undefined;
    /** Where and when the owner last signed in. */
    readonly signIn: { readonly address: string; readonly atMs: number };
    readonly grants: Iterable<PortalGrant>;
    readonly maxAddresses: number;
    readonly nowMs: number;
}

export type MovingDecision = { readonly result: "changed"; readonly grant: PortalGrant } | Refusal;

/** A sign-in is fresh for so long. */
export const FRESH_MS = 5 * 60_000;

/**
 * What becomes of the wish to be let in from the present address as well.
 *
 *   the grant                              result
 *   has ended                              refused
 *   waits to be confirmed, before start    refused: it is confirmed at its start
 *   waits to be confirmed, same address    confirmed; the owner has to be eligible still
 *   the same, another address, approved    refused: approvers agreed to another address
 *   the same, another address              confirmed from the present address
 *   is in force, no fresh login from here  refused
 *   is in force, approved                  refused: approvers agreed to another address
 *   holds the address already              unchanged
 *   would exceed `maxAddresses`            refused
 */
export function decideAddress(moving: Moving): MovingDecision {
    const { grant, access, groups, address, addressProblem, signIn, nowMs } = moving;
    if (!isLive(grant, nowMs)) return refusal("conflict", "this grant has ended");
    if (addressProblem !== undefined) return refusal("address", addressProblem);
    const eligible = grant.isBreakGlass === true ? access?.breakGlass?.eligible : access?.eligible;
    if (eligible === undefined || !isEligible(eligible, { groups, user: grant.holder.user ?? "" })) {
        return refusal("not-allowed", "you may no longer have this access");
    }
    if (grant.isUnconfirmed === true) return confirmed(moving);
    if (grant.addresses.includes(address)) return { result: "changed", grant };
    if (grant.approvedUntilMs !== undefined) return refusal("conflict", FOR_ANOTHER);
    if (signIn.address !== address || nowMs - signIn.atMs > FRESH_MS) {
        return refusal("not-allowed", "sign in again from this address first");
    }
    const held = addressesOf(moving.grants, grant.holder, nowMs);
    if (!held.has(address) && held.size >= moving.maxAddresses) {
        return refusal(
            "conflict",
            `you hold grants from ${held.size === 1 ? "1 address" : `${held.size} addresses`}, which is the most`,
        );
    }
    return { result: "changed", grant: { ...grant, addresses: [...grant.addresses, address] } };
}

const FOR_ANOTHER = "it was approved for another address: request it again from this one";

function confirmed({ grant, address, nowMs }: Moving): MovingDecision {
    if (nowMs < grant.startsAtMs) return refusal("conflict", "this grant is confirmed once it has started");
    if (grant.approvedUntilMs !== undefined && !grant.addresses.includes(address)) {
        return refusal("conflict", FOR_ANOTHER);
    }
    const { isUnconfirmed: _, ...rest } = grant;
    return { result: "changed", grant: { ...rest, addresses: [address] } };
}
