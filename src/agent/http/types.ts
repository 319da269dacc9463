import type { Clock } from "../../clock";
import type { Address } from "../../core/settings/agentSettings";
import type { Denying } from "../denials/denying";
import type { AgentEvent, LedgerLine } from "../events/events";
import type { Metrics } from "../status/metrics";
import type { AskOkta } from "../status/oktaAnswers";
import type { AgentView, MembershipView } from "../status/view";

/** What the HTTP server needs from the agent. */
export interface ServerOptions {
    readonly listen: Address;
    /** How long a request, headers and body, may take to arrive. @default 10,000 */
    readonly requestTimeoutMs?: number;
    readonly version: string;
    readonly clock: Clock;
    readonly metrics: Pick<Metrics, "read">;
    view(): AgentView;
    /** Each of the memberships, where the configuration has a list of them. @default undefined */
    memberships?(): readonly MembershipView[] | undefined;
    /** The part of the view for probes, if it is cheaper than the whole. @default view */
    readonly health?: () => Health;
    /** Calls back for each event from now on. @returns a function that ends the subscription */
    subscribe(listener: (event: AgentEvent) => void): () => void;
    /** The latest lines of the ledger, newest first. */
    recentLedger(count: number): Promise<readonly LedgerLine[]>;
    /** Releases held removals, if they are still `held`. @returns what was released */
    confirm(
        held: readonly string[],
        by: string,
        reason: string | undefined,
        membership: string | undefined,
    ): Promise<{ readonly confirmed: readonly string[] }>;
    /** The kill switch. */
    readonly denials: Denying;
    /** Answers with facts from Okta. @default answers use only what the agent has in memory */
    readonly askOkta?: AskOkta;
    /**
     * The receiver of deliveries.
     *
     * @param membership The membership whose source the delivery is for, as its URL states.
     * @default nobody
     */
    readonly webhook?: (membership: string | undefined) => WebhookReceiver;
    /** The current token, as it may be replaced; undefined if none is set. Called for every request that needs it. */
    token(): string | undefined;
    /** Logs an unexpected error. */
    report(error: unknown): void;
}

export type Health = Pick<AgentView, "isLeading" | "notReady">;

/** The steps for a delivery, in this order. */
export interface WebhookReceiver {
    /** Refuses by the headers alone, so that the body need not be read. */
    screen(headers: WebhookRequest["headers"]): WebhookAnswer | undefined;
    /** Refuses by the headers and the signature; a body without a valid signature is not parsed. */
    authenticate(request: WebhookRequest): Promise<WebhookAnswer | undefined>;
    /** Accepts it. */
    accept(request: WebhookRequest): Promise<WebhookAnswer>;
}

export interface WebhookRequest {
    /** Names in small letters. */
    readonly headers: Readonly<Record<string, string>>;
    /** The exact bytes, over which the signature is computed. */
    readonly body: Buffer;
}

export interface WebhookAnswer {
    readonly status: number;
    readonly body: object;
}

/** The running HTTP server. */
export interface Server {
    /** Such as `http://127.0.0.1:9464`, or `http://0.0.0.0:9464` where it is open to the network. */
    readonly url: string;
    /** Ends the event streams, and completes the other requests. */
    close(): Promise<void>;
}
