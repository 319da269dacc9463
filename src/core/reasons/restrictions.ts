import type { Reason } from "./reason";
import { isEveryZone } from "./zoneWords";

/** The network restriction of an API token or an OAuth app: ids of zones, or a word for all of them. */
export interface NetworkRestriction {
    readonly include: readonly string[];
    readonly exclude: readonly string[];
}

/**
 * Whether writes of Zonekeeper can lock out its own credential.
 *
 *   may be used                         weight   because
 *   from anywhere                       -
 *   from our zone, or not from it       fault    its own writes decide whether it can be used
 *   from any zone (ALL_ZONES)           doubt    ours is among them, and may be the one with this machine
 *   from no zone (ALL_ZONES excluded)   doubt    a grant for this machine's address would lock it out
 *   from other zones, or not from them  note     another writer manages these
 *
 * @param who `the API token "sync"`, `the OAuth app 0oa1`.
 * @param title A zone in words. @default its id
 */
export function restrictionReason(
    who: string,
    { include, exclude }: NetworkRestriction,
    zoneIds: readonly string[],
    title: (zoneId: string) => string = (id) => id,
): Reason | undefined {
    if (include.length + exclude.length === 0) return undefined;
    const where =
        include.length > 0
            ? `works only from ${wordsOf(include, title)}`
            : `does not work from ${wordsOf(exclude, title)}`;
    const isOurs = [...include, ...exclude].some((id) => zoneIds.includes(id));
    const isAny = [...include, ...exclude].some(isEveryZone);
    const [weight, why] = isOurs
        ? (["fault", ", which Zonekeeper writes"] as const)
        : isAny
          ? ([
                "doubt",
                `${zoneIds.length > 0 ? ", also those that Zonekeeper writes" : ""}: it may lock itself out`,
            ] as const)
          : (["note", ""] as const);
    return { kind: "credential-bound", subject: who, message: `${who} ${where}${why}`, weight };
}

function wordsOf(ids: readonly string[], title: (zoneId: string) => string): string {
    const named = ids.map(title).join(", ");
    return ids.some(isEveryZone) ? `any network zone (${named})` : named;
}
