import type { StoreSpec } from "../portal/openStore";
import type { SecretReference } from "./secret";

/** Which source to open, checked and in one spelling. */
export type SourceSpec = FileSpec | HttpSpec | PostgresSpec | WebhookSpec | OktaLogSpec | PortalSpec;

export interface FileSpec {
    readonly type: "file";
    /** As it was given; a relative one hangs on the folder that openSource is told. */
    readonly path: string;
}

export interface HttpSpec {
    /** Also for https: the URL tells them apart. */
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
    /** Where changes are told of. @default zonekeeper_grants */
    readonly channel: string;
}

export interface WebhookSpec {
    readonly type: "webhook";
    /** Where the secrets of the signatures are; more than one while a new one takes the place of an old one. */
    readonly secret: readonly SecretReference[];
    /** What is so before the first full snapshot. @default unreadable */
    readonly initial: "unreadable" | "empty";
    readonly store: PushStoreSpec;
}

/** Where what was pushed is kept: in the folder of the state, or in tables that any number of agents share. */
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
    /** For so long a log-in grants its address. @default 8 */
    readonly hours: number;
    /** Okta's filter language; which log-ins count besides being successful. @default all */
    readonly filter?: string;
    /** How often the log is asked. @default 10 */
    readonly pollSeconds: number;
}
