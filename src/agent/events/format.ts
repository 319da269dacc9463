import { formatSpan } from "../../core/addresses/ip";
import { sentenceOf } from "../../core/errors/codes";
import type { Grant } from "../../core/grants/grants";
import { formatMoment } from "../../core/grants/moment";
import type { Attribution } from "../../core/membership/attribution";
import type { Held } from "../../core/membership/held";
import type { ChangedBy, GrantTold, HeldGrant } from "./grantEvents";
import type { AddressChange } from "./zoneEvents";

/** A grant as events and the ledger tell of it. */
export function tellGrant({ id, user, spans, expiresAtMs, reason, request }: Grant): GrantTold {
    return {
        id,
        ip: spans.map(formatSpan),
        ...(user !== undefined && { user }),
        ...(expiresAtMs !== undefined && { expiresAt: tellMoment(expiresAtMs) }),
        ...(reason !== undefined && { reason }),
        ...(request !== undefined && { request }),
    };
}

/** Because of whom something changes. */
export function tellBy({ id, user, reason, request }: Grant): ChangedBy {
    return {
        id,
        ...(user !== undefined && { user }),
        ...(reason !== undefined && { reason }),
        ...(request !== undefined && { request }),
    };
}

/** A change of an address, with whom it is because of. */
export function tellChange({ address, change, why, grants, confirmedBy }: Attribution): AddressChange {
    return {
        address,
        change,
        why,
        ...(confirmedBy !== undefined && { confirmedBy }),
        grants: grants.map(tellBy),
    };
}

/** The known grants that hold an address which waits for a confirmation. */
export function tellHeld({ why, grants }: Held): readonly HeldGrant[] {
    return grants.map(({ id, user }) => ({ id, ...(user !== undefined && { user }), why }));
}

/** What went wrong, by the name that a program branches on, and in words that end with the stable code. */
export function tellFailure(error: unknown): { readonly code: string; readonly why: string } {
    const { code } = error as { readonly code?: unknown };
    return { code: typeof code === "string" ? code : "failed", why: sentenceOf(error) };
}

/** RFC 3339 in UTC, as formatMoment writes it. */
export function tellMoment(ms: number): string {
    return formatMoment(ms);
}
