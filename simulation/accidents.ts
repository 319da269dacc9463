import { spanOf } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import type { Unusable } from "../src/core/grants/grantsDocument";
import type { Accident } from "./history";

/** What a source says. */
export interface Said {
    readonly grants: readonly Grant[];
    readonly unusable: readonly Unusable[];
}

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** What the source says instead of these grants. @param nowMs When the accident happened, in milliseconds since 1970 */
export function garbled(grants: readonly Grant[], { how, of }: Accident, nowMs: number): Said {
    const isHit = (index: number) => of === "all" || index % 2 === 0;
    const each = (change: (grant: Grant) => Grant): Said => ({
        grants: grants.map((grant, index) => (isHit(index) ? change(grant) : grant)),
        unusable: [],
    });
    switch (how) {
        case "renamed":
            return {
                grants: grants.filter((_, index) => !isHit(index)),
                unusable: grants.filter((_, index) => isHit(index)).map(withoutField),
            };
        case "past":
            return each((grant) => ({ ...grant, expiresAtMs: nowMs - HOUR_MS }));
        case "earlier":
            return each((grant) => ({
                ...grant,
                expiresAtMs: Math.min(grant.expiresAtMs ?? Infinity, nowMs + MINUTE_MS),
            }));
        case "later":
            return each((grant) => ({ ...grant, ...laterEnd(grant) }));
        case "part":
            return { grants: grants.slice(0, of === "all" ? 1 : Math.ceil(grants.length / 2)), unusable: [] };
        case "empty":
            return { grants: [], unusable: [] };
        case "users":
            return { grants: grants.map((grant, index) => ({ ...grant, ...userOf(grants, index + 1) })), unusable: [] };
        case "ids":
            return each((grant) => ({ ...grant, id: `${grant.id}-new` }));
        case "relabelled":
            return each((grant) => ({ ...grant, labels: { ...grant.labels, team: "other" } }));
        case "moved":
            return each((grant) => ({
                ...grant,
                spans: [spanOf(`100.64.1.${Number(/\d+/.exec(grant.id)?.[0] ?? 0)}`)],
            }));
    }
}

function withoutField({ id, spans }: Grant): Unusable {
    return { id, field: "expiresAt", reason: "is missing", spans };
}

function laterEnd({ expiresAtMs }: Grant) {
    return expiresAtMs === undefined ? {} : { expiresAtMs: expiresAtMs + HOUR_MS };
}

function userOf(grants: readonly Grant[], index: number) {
    const { user } = grants[index % grants.length] ?? {};
    return user === undefined ? {} : { user };
}
