import { z } from "zod";

import { duration, name, spans, text } from "./settingValues";

const ZONES = "the ids of the zones to keep, such as [nzo1a2b3c4d5e6f7g8h9]";

const GROUP = "is not the id of an Okta group, such as 00g1a2b3c4d5e6f7g8h9";

/** Limits on grants and removals. */
export const LIMITS = z.strictObject({
    maxRemovals: z
        .union([z.string(), z.number()], {
            error: "is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off",
        })
        .optional()
        .meta({
            description:
                "the [removal limit](../explanation/removals.md): a number (`0` holds every removal), a percentage (never fewer than 3) or `off`",
            usual: "`50%`",
        }),
    maxRemovalsWindow: z
        .string({ error: "is not a time such as 90s, 10m or 1h" })
        .optional()
        .meta({ description: "the time over which removals are added up", usual: "`10m`" }),
    widestPrefix: z
        .number({ error: "is not a prefix length from 1 to 32" })
        .optional()
        .meta({ description: "the shortest prefix that a grant may have", usual: "24" }),
    deny: spans.optional().meta({ description: "ranges that no grant may touch", usual: "none" }),
    maxTimeToLive: z
        .string({ error: "is not a time such as 90s, 10m or 12h" })
        .optional()
        .meta({ description: "the longest time that a grant may last, such as `12h`", usual: "no limit" }),
    permanent: z
        .enum(["allowed", "refused"], { error: "is neither allowed nor refused" })
        .optional()
        .meta({ description: "`refused`: a grant without an end is unusable", usual: "`allowed`" }),
    allowUnroutable: z.boolean({ error: "is neither true nor false" }).optional().meta({
        description: "`true`: accept grants of private and other addresses that never reach Okta",
        usual: "`false`",
    }),
});

/** Settings that the memberships of a configuration may share; a setting of a membership has precedence. */
export const COMMON = {
    limits: LIMITS.optional().describe("see [limits](#limits)"),
    firstContact: z.enum(["hold", "apply"], { error: "is neither hold nor apply" }).optional().meta({
        description:
            "`apply`: entries that no grant admits leave a zone that is new to the agent at once, within `maxRemovals`",
        usual: "`hold`",
    }),
    onRevoke: z
        .enum(["keep-sessions", "clear-sessions"], { error: "is neither keep-sessions nor clear-sessions" })
        .optional()
        .meta({
            description: "`clear-sessions`: end the Okta sessions of users whose last grant has ended",
            usual: "`keep-sessions`",
        }),
    drift: z.enum(["heal", "report"], { error: "is neither heal nor report" }).optional().meta({
        description: "`report`: entries of other writers stay in the zone until it is written again",
        usual: "`heal`",
    }),
    maxStale: duration.optional().meta({
        description: "after so long without a readable source nobody is inside",
        usual: "the last grants stay",
    }),
    poll: duration
        .optional()
        .meta({ description: "how often the source is read, besides its change events", usual: "`30s`" }),
};

/** Settings that each membership has for itself. */
export const OWN = {
    /** A Pulumi stack whose outputs give zones, source, selector and limits: see withStack, which removes this setting. */
    stack: z
        .undefined({ error: "is not the name of a stack, such as production" })
        .optional()
        .describe("a Pulumi stack that says zones, source, selector, static gateways and limits, in place of them"),
    zones: z
        .array(z.string().regex(/^[\w-]+$/, "is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9"), {
            error: ({ input }) => (input == null ? `is missing: ${ZONES}` : `is not a list: ${ZONES}`),
        })
        .min(1, "is empty: name at least one zone")
        .max(100, "has more zones than an org may have, 100")
        .refine((ids) => new Set(ids).size === ids.length, "names a zone twice")
        .describe("the ids of the zones, the shards in order"),
    staticGateways: spans.default([]).describe("entries to keep besides the grants"),
    group: z
        .string({ error: GROUP })
        .regex(/^00g[\w-]{1,61}$/, GROUP)
        .optional()
        .meta({
            description: "the id of the Okta group that [binds grants to users](../guides/bound-to-users.md)",
            usual: "grants are bound to addresses only",
        }),
    selector: z
        .record(z.string(), z.string(), { error: "is not a map of labels such as { app: payroll }" })
        .optional()
        .meta({ description: "labels that a grant must have", usual: "none" }),
};

/** An item of the list `memberships`. */
export const MEMBERSHIP = z.strictObject({
    name: name.describe("its name, in the status, metrics and ledger"),
    org: text.optional().meta({ description: "its org", usual: "the only one" }),
    ...OWN,
    source: z.unknown().optional().meta({ description: "where its grants are", usual: "the source above" }),
    ...COMMON,
});
