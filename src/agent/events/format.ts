import { formatSpan } from "../../core/addresses/ip";
import { sentenceOf } from "../../core/errors/codes";
import type { Grant } from "../../core/grants/grants";
import { formatMoment } from "../../core/grants/moment";
import type { Attribution } from "../../core/membership/attribution";
import type { Held } from "../../core/membership/held";
import type { ChangedBy, GrantTold, HeldGrant } from "./grantEvents";
import type { AddressChange } from "./zoneEvents";

/** A grant in events and the ledger. */
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

/** The grant that causes a change, in events. */
export function tellBy({ id, user, reason, request }: Grant): ChangedBy {
    return {
        id,
        ...(user !== undefined && { user }),
        ...(reason !== undefined && { reason }),
        ...(request !== undefined && { request }),
    };
}

/** A change of an address, with the grants that cause it. */
export function tellChange({ address, change, why, grants, confirmedBy }: Attribution): AddressChange {
    return {
        address,
        change,
        why,
        ...(confirmedBy !== undefined && { confirmedBy }),
        grants: grants.map(tellBy),
    };
}

/** The known grants of a held address. */
export function tellHeld({ why, grants }: Held): readonly HeldGrant[] {
    return grants.map(({ id, user }) => ({ id, ...(user !== undefined && { user }), why }));
}

/** An error: its name for programs, and a message that ends with the stable code. */
export function tellFailure(error: unknown): { readonly code: string; readonly why: string } {
    const { code } = error as { readonly code?: unknown };
    return { code: typeof code === "string" ? code : "failed", why: sentenceOf(error) };
}

/** RFC 3339 in UTC, as formatMoment writes it. */
export function tellMoment(ms: number): string {
    return formatMoment(ms);
}
