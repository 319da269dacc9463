import { z } from "zod";

import { GRANT_STATES } from "../membership/standing";

import type { MembershipNow } from "./whyFacts";

const text = z.string();

const maybe = text.nullish().transform((value) => value ?? undefined);

const grant = z.object({
    id: text,
    user: maybe,
    ip: z.array(text),
    startsAt: maybe,
    expiresAt: maybe,
    state: z.enum(GRANT_STATES),
    why: maybe,
});

const status = z.object({
    isLeading: z.boolean(),
    notReady: z.array(text),
    grants: z.array(grant),
    holds: z.array(z.object({ address: text, why: text })),
    heldBecause: maybe,
    source: z.object({ healthy: z.boolean(), problem: maybe, lastReadAt: maybe }),
});

export interface AgentStatus {
    readonly isLeading: boolean;
    readonly notReady: readonly string[];
    /** Why its source cannot be read. */
    readonly sourceProblem: string | undefined;
    readonly membership: Omit<MembershipNow, "staticGateways">;
}

/** Reads the answer to `GET /api/status` of an agent; undefined for anything else. */
export function readAgentStatus(document: unknown): AgentStatus | undefined {
    const { data } = status.safeParse(document);
    if (data === undefined) return undefined;
    const { isLeading, notReady, holds, heldBecause, source } = data;
    const grants = data.grants.map(({ user, startsAt, expiresAt, why, ...rest }) => ({
        ...rest,
        ...(user !== undefined && { user }),
        ...(startsAt !== undefined && { startsAt }),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(why !== undefined && { why }),
    }));
    const sourceProblem = source.healthy ? undefined : (source.problem ?? "its source cannot be read");
    const isKnown = source.lastReadAt !== undefined || grants.length > 0;
    return { isLeading, notReady, sourceProblem, membership: { grants, holds, heldBecause, isKnown } };
}
