import type { DocumentLimits } from "../grants/grantAddresses";
import type { Grant } from "../grants/grants";
import { entryReader } from "../grants/grantsDocument";
import { formatMoment } from "../grants/moment";
import type { Adopted } from "./adopt";

/** A grant as people write it. */
export interface WrittenGrant {
    readonly id: string;
    readonly ip: string;
    readonly expiresAt: string;
    readonly reason: string;
    /** Those that the membership selects. */
    readonly labels?: Readonly<Record<string, string>>;
}

/** As it is written, and as it is read. */
export interface ExpiringGrant {
    readonly written: WrittenGrant;
    readonly read: Grant;
}

/**
 * Grants for the gateways of a zone that nobody was granted, in place of static gateways: they stay until a moment, and no
 * longer. A gateway that no grant may have, such as one that is wider than the limit, is not among them.
 */
export function expiringGrants(
    gateways: readonly Adopted[],
    options: {
        readonly endMs: number;
        readonly labels: Readonly<Record<string, string>>;
        readonly limits: DocumentLimits;
    },
): ExpiringGrant[] {
    const { endMs, labels, limits } = options;
    const read = entryReader(limits);
    return gateways.flatMap(({ range, fate }, index) => {
        if (fate !== "static") return [];
        const written = {
            id: `adopted-${range.replace("/32", "").replace(/[./]/g, "-")}`,
            ip: range.replace("/32", ""),
            expiresAt: formatMoment(endMs),
            reason: "was in the zone when it was adopted",
            ...(Object.keys(labels).length > 0 && { labels }),
        };
        const entry = read(written, index + 1);
        return "field" in entry ? [] : [{ written, read: entry }];
    });
}
