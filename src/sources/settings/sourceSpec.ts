import type { StoreSpec } from "../portal/openStore";
import type { SecretReference } from "./secret";

/** Which source to open, checked and in one spelling. */
export type SourceSpec = FileSpec | HttpSpec | PostgresSpec | WebhookSpec | OktaLogSpec | PortalSpec;

export interface FileSpec {
    readonly type: "file";
    /** As it was given; a relative path is relative to `directory` of openSource. */
    readonly path: string;
}

export interface HttpSpec {
    /** Also for https: the URL distinguishes them. */
    readonly type: "http";
    readonly url: string;
    /** Where the bearer token is, never the token itself. */
    readonly token?: SecretReference;
    /** Whether the URL may begin with http:// and name another machine. @default false */
    readonly allowInsecure?: true;
}

export interface PostgresSpec {
    readonly type: "postgres";
    /** Where the URL is, as it may hold a password; or the URL itself, without one. */
    readonly url: string;
    /** A table or a view, as tableSql reads it. @default grants */
    readonly table: string;
    /** The channel of change notifications. @default zonekeeper_grants */
    readonly channel: string;
}

export interface WebhookSpec {
    readonly type: "webhook";
    /** The places of the secrets for signatures; more than one during a rotation. */
    readonly secret: readonly SecretReference[];
    /** The state before the first full snapshot. @default unreadable */
    readonly initial: "unreadable" | "empty";
    readonly store: PushStoreSpec;
}

/** Where deliveries are stored: in the state folder, or in tables that any number of agents share. */
export type PushStoreSpec =
    | { readonly type: "file" }
    | {
          readonly type: "postgres";
          /** As of PostgresSpec. */
          readonly url: string;
          /** As tableSql reads it. @default zonekeeper_pushes */
          readonly table: string;
      };

/** The grants of a portal, which has the same store. */
export interface PortalSpec {
    readonly type: "portal";
    readonly store: StoreSpec;
}

export interface OktaLogSpec {
    readonly type: "okta-log";
    /** How long a sign-in grants its address. @default 8 */
    readonly hours: number;
    /** Okta's filter language: which successful sign-ins count. @default all */
    readonly filter?: string;
    /** How often the log is read. @default 10 */
    readonly pollSeconds: number;
}
