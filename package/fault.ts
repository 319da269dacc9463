/** What happens to a request: exactly one of these. */
export type FaultAct =
    /** This answer; without a body, Okta's error for the status. It is not carried out. */
    | {
          readonly status: number;
          readonly body?: unknown;
          readonly headers?: Record<string, string> | undefined;
      }
    /** 429 with this reset, and no calls remaining. It is not carried out. */
    | { readonly throttle: { readonly resetInSeconds: number } }
    /** It waits so long, also if its sender hangs up, and is carried out then. */
    | { readonly delayMs: number }
    /** The connection is cut. It is not carried out. */
    | { readonly drop: true }
    /** It is carried out, and the connection is cut instead of an answer. */
    | { readonly loseResponse: true }
    /** It is carried out; the next so many GETs of the zone show it as it was before. */
    | { readonly staleReads: number }
    /** The answer's Date is so far ahead of the emulator's time. */
    | { readonly dateSkewMs: number }
    /** The answer has these headers too; null takes one off. */
    | { readonly headers: Record<string, string | null> }
    /** A page of HTML, by default with 200. It is not carried out. */
    | { readonly html: true; readonly status?: number | undefined }
    /** Then somebody else replaces these fields of the zone, before the answer leaves. */
    | { readonly foreignWrite: Record<string, unknown>; readonly zoneId?: string | undefined };

/** Something that goes wrong with requests to come. */
export interface Fault {
    /** `method` is the whole method, `path` a text that the path with its query contains. @default every request */
    readonly on?: { readonly method?: string | undefined; readonly path?: string | undefined } | undefined;
    /** So many matching requests pass before it. @default 0 */
    readonly skip?: number | undefined;
    /** So many matching requests meet it. @default 1 */
    readonly times?: number | undefined;
    readonly do: FaultAct;
}
