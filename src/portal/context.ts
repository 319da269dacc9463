import type { AgentReport } from "../core/portal/agentReport";
import type { PortalEvent } from "../core/portal/events";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import type { PortalStore } from "../sources/portal/portalStore";
import type { Addressing } from "./addressing";
import type { Provider } from "./oidc/provider";
import type { Seal } from "./seal";

/** What every part of the portal works with. */
export interface PortalContext {
    readonly settings: PortalSettings;
    readonly store: PortalStore;
    /** What the agents said last. */
    readonly reports: () => readonly AgentReport[];
    readonly provider: Provider;
    readonly seal: Seal;
    /** The address that a visitor can be granted. */
    readonly addressing: Addressing;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    readonly sleep: (ms: number) => Promise<void>;
    /** Names this process among those that share the store. */
    readonly process: string;
    /** A name that nobody else has, with a prefix that says of what: `g-…`. */
    readonly newId: (prefix: string) => string;
    /** A secret text of 256 bits. */
    readonly newSecret: () => string;
    /** Takes an event down in the ledger and the log; resolves when it would survive a crash, or is kept to be written later. */
    readonly audit: (event: PortalEvent) => Promise<void>;
    /** Comes before every grant. @throws `ledger-unwritable` while the ledger cannot be written */
    readonly requireLedger: () => Promise<void>;
    /** Takes note of what nobody expected. */
    readonly report: (error: unknown) => void;
    /** Writes a warning to the log, the same sentence once. */
    readonly warnOnce: (sentence: string) => void;
    readonly version: string;
}
