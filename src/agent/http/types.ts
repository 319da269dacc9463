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
    /** The part that probes ask for every few seconds, where it can be had for less than the whole. @default view */
    readonly health?: () => Health;
    /** Tells of everything that happens from now on; gives back how to stop that. */
    subscribe(listener: (event: AgentEvent) => void): () => void;
    /** The latest lines of the ledger, newest first. */
    recentLedger(count: number): Promise<readonly LedgerLine[]>;
    /** Lets the agent carry out what it holds, if that is still `held`; gives back what it will carry out. */
    confirm(
        held: readonly string[],
        by: string,
        reason: string | undefined,
        membership: string | undefined,
    ): Promise<{ readonly confirmed: readonly string[] }>;
    /** The kill switch. */
    readonly denials: Denying;
    /** @default answers are by what the agent knows */
    readonly askOkta?: AskOkta;
    /**
     * Who takes what is pushed.
     *
     * @param membership To whose source, as the delivery says.
     * @default nobody
     */
    readonly webhook?: (membership: string | undefined) => WebhookReceiver;
    /** The token of now, as it may be renewed; undefined where none is set. Asked for at every request that needs it. */
    token(): string | undefined;
    /** Takes note of what nobody expected. */
    report(error: unknown): void;
}

export type Health = Pick<AgentView, "isLeading" | "notReady">;

/** What the server asks about a delivery, in this order. */
export interface WebhookReceiver {
    /** What is wrong with it by its headers alone, so that its body need not be read. */
    screen(headers: WebhookRequest["headers"]): WebhookAnswer | undefined;
    /** What is wrong with its headers or its signature; a body without a good one is looked at no further. */
    authenticate(request: WebhookRequest): Promise<WebhookAnswer | undefined>;
    /** Takes it in. */
    accept(request: WebhookRequest): Promise<WebhookAnswer>;
}

export interface WebhookRequest {
    /** Names in small letters. */
    readonly headers: Readonly<Record<string, string>>;
    /** As it came, since the signature is over these bytes. */
    readonly body: Buffer;
}

export interface WebhookAnswer {
    readonly status: number;
    readonly body: object;
}

/** The agent's HTTP side, open. */
export interface Server {
    /** Such as `http://127.0.0.1:9464`, or `http://0.0.0.0:9464` where it is open to the network. */
    readonly url: string;
    /** Ends the connections that wait for events, and lets the others finish. */
    close(): Promise<void>;
}
