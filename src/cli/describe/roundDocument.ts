import { reportUnusable } from "../../core/grants/grantsDocument";
import { unreadable } from "../../core/membership/plan";
import type { Round } from "../../reconcile";

/** The promised shape of `--json`. What is not IPv4 is among the gateways of a zone, and in `kept` besides. */
export function roundDocument({ zones, active, refused, unusable }: Round) {
    const plain = refused.map(({ id, reason }) => ({ id, reason }));
    return {
        zones: zones.map(({ id, name, add, remove, gateways, written }) => ({
            id,
            name,
            add,
            remove,
            gateways,
            written,
            ...(unreadable(gateways).length > 0 && { kept: unreadable(gateways) }),
        })),
        active,
        refused: plain,
        unusable: reportUnusable(unusable),
    };
}
