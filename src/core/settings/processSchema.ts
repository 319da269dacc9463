import { z } from "zod";

import { secret, text } from "./settingValues";

const LISTEN = "is not HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464";

/** A host, an IPv6 address in brackets, and a port. */
export const ADDRESS = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[^\s:[\]]+)):(?<port>\d{1,5})$/i;

/** The lock by which one of several agents is chosen to write. */
export const LEADER = z.discriminatedUnion(
    "type",
    [
        z.strictObject({
            type: z.literal("file"),
            path: text.optional().meta({ description: "the lock file", usual: "`leader.lock` in `state`" }),
        }),
        z.strictObject({
            type: z.literal("postgres"),
            url: secret.describe("where the URL of the database is"),
            key: z.number().int().optional().meta({ description: "the advisory lock", usual: "from the zones" }),
        }),
        z.strictObject({
            type: z.literal("kubernetes"),
            name: text.describe("the name of the Lease"),
            namespace: text.optional().meta({ description: "its namespace", usual: "that of the pod" }),
            identity: text.optional().meta({ description: "who holds it", usual: "`HOSTNAME` and a random part" }),
        }),
    ],
    { error: "is none of file, postgres and kubernetes" },
);

/** The settings of the process, whatever the number of its memberships. */
export const PROCESS = {
    listen: z
        .string({ error: LISTEN })
        .regex(ADDRESS, LISTEN)
        .refine((value) => Number(value.split(":").at(-1)) <= 65535, LISTEN)
        .default("127.0.0.1:9464")
        .describe("where the agent answers HTTP"),
    state: text.default("./zonekeeper-state").describe("the folder of the ledger, the known grants and the denials"),
    rateShare: z
        .string({ error: "is not a percentage from 1% to 100%" })
        .regex(/^([1-9]\d?|100)%$/, "is not a percentage from 1% to 100%")
        .default("25%")
        .describe("the share of the org's rate limit that the agent may use"),
    leader: LEADER.default({ type: "file" }).describe(
        "how [one of several agents](../guides/agent-leadership.md) is chosen to write",
    ),
    token: secret.optional().meta({
        description: "where the token is for `POST /api/confirm` and, on a network address, for every page",
        usual: "these are refused",
    }),
    log: z
        .enum(["debug", "info", "warn", "error"], { error: "is none of debug, info, warn and error" })
        .default("info")
        .describe("the lowest level that is logged"),
    ledger: z
        .strictObject({
            rotateBytes: z.number().int().min(4096).max(1_073_741_824).default(16_777_216),
            keepFiles: z.number().int().min(0).max(100_000).default(0),
        })
        .prefault({})
        .meta({
            description:
                "when a [ledger](ledger.md) file is full (`rotateBytes`), and how many are kept (`keepFiles`, 0: all)",
            usual: "`{ rotateBytes: 16777216, keepFiles: 0 }`",
        }),
};
