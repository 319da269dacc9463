import type { Credential } from "./credential";

export type { Credential };

export interface OktaConnection {
    readonly orgUrl: string;
    readonly credential: Credential;
}
