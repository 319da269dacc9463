import type { Answer } from "../exchange/answer";
import type { Exchange } from "../exchange/exchange";

/** Makes a request with the credential on it. */
export interface Sender {
    send(url: string, init: RequestInit): Promise<Response>;
}

/** Turns a credential into senders, and fetches what it takes. */
export interface Authorization {
    /** A sender that is good now. @throws `bad-input`, `okta-*` */
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
    /** Makes a request with all the patience that is due. */
    readonly exchange: (request: Exchange) => Promise<Answer>;
    /** Is told each text that no message may show. */
    readonly keepSecret: (secret: string) => void;
    readonly conceal: (text: string) => string;
}
