import type { CodeRow } from "./codeRow";

/** ZK7xx: the agent. */
export const AGENT_CODES = [
    {
        code: "ZK701",
        name: "agent-not-leading",
        meaning: "This agent does not lead: another one does, or no leader is known.",
        remedy: "Nothing, if the intended agent leads; otherwise correct what prevents the lock, which the message says.",
    },
    {
        code: "ZK702",
        name: "ledger-broken",
        meaning: "The chain of hashes of the agent's ledger does not verify: a line was changed or lost.",
        remedy: "Keep the file as evidence, find out who changed it, and begin a new one.",
    },
    {
        code: "ZK704",
        name: "agent-config-wrong",
        meaning: "The agent's configuration has a mistake; on a reload the one before stays in force.",
        remedy: "Correct the field that the message names, and send SIGHUP.",
    },
    {
        code: "ZK705",
        name: "webhook-unsigned",
        meaning: "A webhook delivery had no valid signature or was too old, and was refused.",
        remedy: "Give sender and agent the same secret, and check both clocks.",
    },
    {
        code: "ZK706",
        name: "sessions-kept",
        meaning: "The sessions of a user whose grant ended could not be cleared.",
        remedy: "Clear them in the Admin Console (Directory > People > the user > Clear sessions), and give the scope okta.users.manage.",
    },
    {
        code: "ZK707",
        name: "snapshot-too-old",
        meaning: "The last good grants are older than maxStale, and are not trusted any more.",
        remedy: "Correct the source; the agent continues with the next good reading.",
    },
    {
        code: "ZK708",
        name: "drift-found",
        meaning: "A zone held an entry that another writer added.",
        remedy: "Find out in the System Log who wrote it (zone.update), and stop that.",
    },
    {
        code: "ZK709",
        name: "overstay",
        meaning: "An address stayed in a zone after its last grant had ended.",
        remedy: "See in the log why the write was late: rate limit, Okta, or a brake.",
    },
    {
        code: "ZK710",
        name: "ledger-unwritable",
        meaning: "The agent's record could not be kept, so it writes nothing to Okta either.",
        remedy: "Make room on the disk of the state directory, or give the agent's user the folder; it goes on by itself.",
    },
    {
        code: "ZK711",
        name: "agent-token",
        meaning: "The agent was asked for something that needs its token, and the token is missing, wrong or not set.",
        remedy: "Send the token as the answer says; where none is set, set token: env:NAME in the agent's configuration.",
    },
    {
        code: "ZK712",
        name: "agent-busy",
        meaning: "The agent takes no more of this just now, and nothing has changed.",
        remedy: "Send it again after the time in the header Retry-After.",
    },
    {
        code: "ZK713",
        name: "denial-unkept",
        meaning: "A change of what POST /api/deny keeps out could not be written down.",
        remedy: "Make room on the disk of the state directory, or give the agent's user the folder, and send it again.",
    },
] as const satisfies readonly CodeRow[];
