import type { GrantChange, GrantsAccepted } from "../events/grantEvents";
import type { WriteAccepted, WriteIntended } from "../events/zoneEvents";
import type { LedgerEvent, Line } from "./line";

/** Why a changed grant causes no write. */
export interface Presence {
    /** Addresses of a new grant that are in a zone by an earlier write, with Okta's answer to it. */
    readonly present?: readonly PresentAddress[];
    /** Addresses of a withdrawn grant that other grants still hold. */
    readonly held?: readonly HeldAddress[];
}

export interface PresentAddress {
    readonly address: string;
    readonly zone: string;
    /** When Okta took the write that added it, the answer's status and Okta's id of the request. */
    readonly since: string;
    readonly status: number;
    readonly requestId?: string;
}

export interface HeldAddress {
    readonly address: string;
    /** The ids of those grants. */
    readonly by: readonly string[];
}

type Tagged<Event> = Event & { readonly membership?: string };

/**
 * Follows which address is in which zone, and which grants hold it, through the lines of one ledger in their order.
 *
 * @returns what explains an event of a trace: `grants.accepted` has `present` and `held`, every other event nothing
 */
export function openPresence(): (line: Line, picked: LedgerEvent | undefined) => Presence {
    const zones = openZones();
    const holders = openHolders();
    return ({ event, at }, picked) => {
        zones.note(event, at);
        if (event.type !== "grants.accepted") return {};
        holders.note(event);
        if (picked?.type !== "grants.accepted") return {};
        const present = picked.changed
            .filter(({ change }) => change !== "withdrawn")
            .flatMap(({ ip }) => ip.flatMap((address) => zones.with(address, membershipOf(event))));
        const held = picked.changed
            .filter(({ change }) => change === "withdrawn")
            .flatMap(({ ip }) => ip.flatMap((address) => holders.of(address, membershipOf(event), at)));
        return { ...(present.length > 0 && { present }), ...(held.length > 0 && { held }) };
    };
}

function membershipOf(event: LedgerEvent): string | undefined {
    return (event as { readonly membership?: string }).membership;
}

/** Addresses that Okta has, by its answers to writes. */
function openZones() {
    const open = new Map<string, Tagged<WriteIntended>>();
    const present = new Map<string, PresentAddress & { readonly membership: string | undefined }>();

    function take({ zone, changes }: WriteIntended, accepted: Tagged<WriteAccepted>, at: string): void {
        const { status, requestId, membership } = accepted;
        for (const { address, change } of changes) {
            const key = `${zone} ${address}`;
            const told = { address, zone, since: at, status, ...(requestId !== undefined && { requestId }) };
            if (change === "remove") present.delete(key);
            else present.set(key, { ...told, membership });
        }
    }

    return {
        note(event: LedgerEvent, at: string): void {
            if (event.type === "write.intended") open.set(event.write, event);
            if (event.type !== "write.accepted") return;
            const intended = open.get(event.write);
            open.delete(event.write);
            if (intended !== undefined) take(intended, event, at);
        },
        with: (wanted: string, within: string | undefined): readonly PresentAddress[] =>
            [...present.values()]
                .filter(({ address, membership }) => address === wanted && membership === within)
                .map(({ membership: _, ...told }) => told),
    };
}

/** Grants by the addresses that they are for, as the accepted readings have them. */
function openHolders() {
    const grants = new Map<string, GrantChange & { readonly membership: string | undefined }>();
    return {
        note(event: GrantsAccepted): void {
            const membership = membershipOf(event as LedgerEvent);
            for (const change of event.changed) {
                const key = `${membership ?? ""} ${change.id}`;
                if (change.change === "withdrawn") grants.delete(key);
                else grants.set(key, { ...change, membership });
            }
        },
        of(address: string, within: string | undefined, at: string): readonly HeldAddress[] {
            const by = [...grants.values()]
                .filter(({ ip, membership }) => ip.includes(address) && membership === within)
                .filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > Date.parse(at))
                .map(({ id }) => id);
            return by.length === 0 ? [] : [{ address, by }];
        },
    };
}
