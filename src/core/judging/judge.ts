/** The name of a check, which is also the name of its policy: what must not be. */
export type Judgement =
    | "gateway-too-wide"
    | "catch-all-allows"
    | "rule-without-zones"
    | "rule-without-group"
    | "rule-allows-anywhere"
    | "rule-zone-unkept"
    | "unprotected-in-production"
    | "zone-without-stack-name"
    | "blocklist-shuts-out-own"
    | "api-token-in-production"
    | "grant-lasts-too-long";

/** A problem with something that is in force, or about to be. */
export interface Finding {
    readonly rule: Judgement;
    /** What it is about, such as a zone's name. */
    readonly subject: string;
    /** A sentence without the subject: what is wrong, and what to do. */
    readonly problem: string;
}
