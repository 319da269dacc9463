import type { ResourceValidationPolicy } from "@pulumi/policy";

import { judgeLasting, parseTimeToLive } from "../src/core/judging/judgeGrants";
import { read, textOf, textsOf } from "./reading";
import { reportAll } from "./report";
import { MEMBERSHIP } from "./types";

interface TimeToLiveConfig {
    readonly maxTimeToLive?: string;
    readonly permanent?: "allowed" | "refused";
}

/**
 * Access that nobody has to ask for again is access that nobody remembers. The
 * membership says in its input `lasting` which active grant ends last and which
 * never end; without that input there is nothing to judge.
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
        const lasting = type === MEMBERSHIP ? read(props, "lasting") : undefined;
        if (typeof lasting !== "object" || lasting === null) return;
        const { maxTimeToLive, permanent = "allowed" } = getConfig<TimeToLiveConfig>();
        const maxMs = maxTimeToLive === undefined ? undefined : parseTimeToLive(maxTimeToLive);
        const latest = endIn(read(lasting, "latest"));
        const found = { ...(latest && { latest }), permanent: textsOf(lasting, "permanent") };
        reportAll(judgeLasting(found, now(), { maxMs, permanent }), report);
    },
});

function endIn(latest: unknown): { id: string; expiresAt: string } | undefined {
    if (typeof latest !== "object" || latest === null) return undefined;
    const [id, expiresAt] = [textOf(latest, "id", ""), textOf(latest, "expiresAt", undefined)];
    return id === undefined || expiresAt === undefined ? undefined : { id, expiresAt };
}
