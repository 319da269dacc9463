import type { Answer } from "../exchange/answer";
import type { Exchange } from "../exchange/exchange";

/** Makes a request with the credential on it. */
export interface Sender {
    send(url: string, init: RequestInit): Promise<Response>;
}

/** Makes senders from a credential, and fetches the tokens that they need. */
export interface Authorization {
    /** A sender whose token is valid now. @throws `bad-input`, `okta-*` */
    ready(signal: AbortSignal): Promise<Sender>;

    /** Drops a sender that Okta no longer accepts; false where `ready` has no other one. */
    forget(sender: Sender): boolean;
}

export interface AuthorizationOptions {
    readonly orgUrl: string;
    readonly fetch: typeof globalThis.fetch;
    readonly now: () => number;
    readonly userAgent: string;
    readonly readFile: (path: string) => Promise<string>;
    /** Makes a request with retries. */
    readonly exchange: (request: Exchange) => Promise<Answer>;
    /** Receives each text that messages must not show. */
    readonly keepSecret: (secret: string) => void;
    readonly redact: (text: string) => string;
}
