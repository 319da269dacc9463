import { parseSpan, type Span } from "../addresses/ip";
import { firstReaching, mergeSpans, overlapsSpan } from "../addresses/spans";
import { indexOf } from "../grants/grantIndex";
import { type Grant, isActive, isExpired } from "../grants/grants";
import { SENTINEL } from "../zones/zone";
import { barredBy, type Denial, deniedSpans } from "./denials";

/** An address that is added or removed, and because of which grants. */
export interface Attribution {
    readonly address: string;
    readonly change: "add" | "remove";
    /** As the table of `attribute` says. */
    readonly why: "granted" | "ended" | "withdrawn" | "static" | "sentinel" | "unknown" | "denied" | "drift";
    readonly grants: readonly Grant[];
    /** Who confirmed a removal that was held. */
    readonly confirmedBy?: string;
}

export interface AttributeInput {
    /** Canonical ranges, as in a plan. */
    readonly add: readonly string[];
    readonly remove: readonly string[];
    /** The grants for which the zone was last written, and the current grants. */
    readonly before: readonly Grant[];
    readonly after: readonly Grant[];
    readonly staticGateways: readonly Span[];
    /** Static gateways for which the zone was last written, and that are no longer configured. @default none */
    readonly staticBefore?: readonly Span[];
    /** Held addresses that confirmations released. @default none */
    readonly released?: readonly { readonly spans: readonly Span[]; readonly by: string }[];
    /** Denials in force. @default none */
    readonly denials?: readonly Denial[];
    readonly nowMs: number;
}

/**
 * Why each address of a change is added or removed, and because of which grants.
 *
 *   change  the address                                            why
 *   either  is the sentinel                                        sentinel
 *   add     is in an active grant                                  granted
 *   add     is in a static gateway                                 static
 *   add     is in neither                                          drift
 *   remove  was in a grant that has reached its end                ended
 *   remove  was in a grant that is gone or different, or it moved  withdrawn
 *   remove  was in none, and is or was in a static gateway         static
 *   remove  was in none, and was held until it was confirmed       unknown
 *   remove  was in none                                            drift
 *   remove  is denied, or its grants are                           denied
 */
export function attribute(input: AttributeInput): Attribution[] {
    const { add, remove, before, after, staticGateways, staticBefore = [], nowMs } = input;
    const changed = mergeSpans([...add, ...remove].flatMap((text) => parseSpan(text, "clear").span ?? []));
    const touching = (grants: readonly Grant[]) => indexOf(grants).touching(changed);
    const now = touching(after);
    const active = now.filter((grant) => isActive(grant, nowMs));
    const nowIds = new Set(now.map(({ id }) => id));
    const was = touching(before);
    // While a reading is held, a grant that has reached its known end is no longer in any list.
    const past = was.filter((grant) => !nowIds.has(grant.id) && isExpired(grant, nowMs));
    const ended = [...now.filter((grant) => isExpired(grant, nowMs)), ...past];
    const endedIds = new Set(ended.map(({ id }) => id));
    const old = was.filter(({ id }) => !endedIds.has(id));
    const fixed = mergeSpans(staticGateways);
    const wasFixed = mergeSpans([...staticGateways, ...staticBefore]);
    const confirmed = confirmations(input.released ?? []);
    const denied = denialsOf(input.denials ?? []);
    const adding = holdersOf(add, active);
    const [over, gone] = [holdersOf(remove, ended), holdersOf(remove, old)];
    return [
        ...add.map((address) => {
            const grants = adding(address);
            return { address, change: "add" as const, why: whyAdded(address, grants, fixed), grants };
        }),
        ...remove.map((address) => {
            const [wasOver, wasGone] = [over(address), gone(address)];
            const by = confirmed(address);
            const why = denied(address, wasGone) ? "denied" : whyRemoved(address, wasOver, wasGone, wasFixed);
            return {
                address,
                change: "remove" as const,
                why: why === "drift" && by !== undefined ? "unknown" : why,
                grants: wasOver.length > 0 ? wasOver : wasGone,
                ...(by !== undefined && { confirmedBy: by }),
            };
        }),
    ];
}

/** Who confirmed the removal of an address; undefined if it was not confirmed. */
function confirmations(released: NonNullable<AttributeInput["released"]>) {
    const lists = released.map(({ spans, by }) => ({ by, spans: mergeSpans(spans) }));
    return (address: string) => lists.findLast(({ spans }) => isFixed(address, spans))?.by;
}

/** Whether an address is denied, or every grant that held it is. */
function denialsOf(denials: readonly Denial[]) {
    const [spans, denialOf] = [deniedSpans(denials), barredBy(denials)];
    return (address: string, gone: readonly Grant[]) =>
        denials.length > 0 &&
        (isFixed(address, spans) || (gone.length > 0 && gone.every((grant) => denialOf(grant) !== undefined)));
}

/**
 * Which grants hold each of these addresses, in their order: a first write may be of all grants, and of many addresses.
 */
function holdersOf(addresses: readonly string[], grants: readonly Grant[]) {
    const sorted = addresses
        .flatMap((address) => parseSpan(address, "clear").span ?? [])
        .map((span) => ({ ...span, holders: new Set<Grant>() }))
        .sort((one, other) => one.low - other.low);
    for (const grant of grants) {
        for (const { low, high } of grant.spans) {
            for (let at = firstReaching(sorted, low); (sorted[at]?.low ?? Infinity) <= high; at++) {
                sorted[at]?.holders.add(grant);
            }
        }
    }
    return (address: string): readonly Grant[] => {
        const { span } = parseSpan(address, "clear");
        return span === undefined ? [] : [...(sorted[firstReaching(sorted, span.low)]?.holders ?? [])];
    };
}

function isFixed(address: string, fixed: readonly Span[]): boolean {
    const { span } = parseSpan(address, "clear");
    return span !== undefined && overlapsSpan(fixed, span);
}

function whyAdded(address: string, grants: readonly Grant[], fixed: readonly Span[]): Attribution["why"] {
    if (address === SENTINEL) return "sentinel";
    if (grants.length > 0) return "granted";
    return isFixed(address, fixed) ? "static" : "drift";
}

function whyRemoved(
    address: string,
    ended: readonly Grant[],
    gone: readonly Grant[],
    fixed: readonly Span[],
): Attribution["why"] {
    if (address === SENTINEL) return "sentinel";
    if (ended.length > 0) return "ended";
    if (gone.length > 0) return "withdrawn";
    return isFixed(address, fixed) ? "static" : "drift";
}
