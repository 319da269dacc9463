import type { ResourceValidationPolicy } from "@pulumi/policy";

import type { Grant } from "../src/core/grants/grants";
import { judgeLasting, lastingOf, parseTimeToLive } from "../src/core/judging/judgeGrants";
import { holdersOf } from "../src/core/membership/entries";
import { entriesIn } from "./entries";
import { reportAll } from "./report";
import { MEMBERSHIP } from "./types";

interface TimeToLiveConfig {
    readonly maxTimeToLive?: string;
    readonly permanent?: "allowed" | "refused";
}

/**
 * Permanent access is never reviewed, and is forgotten. The
 * membership says in its input `entries` which grants are about to be inside, and
 * when each ends; without that input there is nothing to judge.
 */
export const grantLastsTooLong = (now: () => number): ResourceValidationPolicy => ({
    name: "grant-lasts-too-long",
    description: "A grant ends within the longest time that a grant may have.",
    enforcementLevel: "mandatory",
    configSchema: {
        properties: {
            maxTimeToLive: {
                type: "string",
                pattern: "^[1-9][0-9]{0,4}[mhd]$",
                description:
                    "How long a grant may go on from now, such as 90m, 12h or 7d. Left out: as long as it likes.",
            },
            permanent: {
                type: "string",
                enum: ["allowed", "refused"],
                description: "Whether grants may be permanent.",
                default: "allowed",
            },
        },
    },
    validateResource({ type, props, getConfig }, report) {
        if (type !== MEMBERSHIP) return;
        const { maxTimeToLive, permanent = "allowed" } = getConfig<TimeToLiveConfig>();
        const maxMs = maxTimeToLive === undefined ? undefined : parseTimeToLive(maxTimeToLive);
        const nowMs = now();
        reportAll(judgeLasting(lastingOf(grantsIn(props), nowMs), nowMs, { maxMs, permanent }), report);
    },
});

/** The grants that hold an entry, each once. */
function grantsIn(props: object): Grant[] {
    const holders = entriesIn(props).flatMap((entry) => holdersOf(entry.holders));
    return [...new Map(holders.map(({ id, endMs }) => [id, endMs]))].map(([id, endMs]) => ({
        id,
        spans: [],
        labels: {},
        ...(endMs !== Infinity && { expiresAtMs: endMs }),
    }));
}
