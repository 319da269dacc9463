import { isDeepStrictEqual } from "node:util";
import { runtime } from "@pulumi/pulumi";

import type { ReportedUnusable } from "../core/grants/grantsDocument";
import type { Refusal } from "../core/membership/plan";
import type { RulesText } from "../core/membership/rules";
import type { StackEntries } from "../core/membership/stackMemory";

/** What the program says of a membership. */
export interface MembershipArgs extends RulesText {
    /** The shards, in order. */
    readonly zoneIds: readonly string[];
    /** As `parseSourceSpec` takes it; never with a secret in it. Undefined where there are static gateways only. */
    readonly source?: unknown;
    /** Lets one run remove more than `maxRemovals`. */
    readonly confirmRemovals?: boolean | undefined;
    /** What `zonekeeper:allow` names. */
    readonly allow?: readonly string[] | undefined;
}

/** Plain JSON, as Pulumi keeps it in the stack's state: the arguments, and what `check` made of them. */
export interface Membership extends MembershipArgs, StackEntries {
    readonly refused: readonly Pick<Refusal, "id" | "reason">[];
    readonly unusable: readonly ReportedUnusable[];
}

/** Whether two states say the same. The text of the provider counts, so that an upgrade of it reaches the state. */
export function sameState(olds: object, news: object): boolean {
    return isDeepStrictEqual(plain(olds), plain(news));
}

/** A copy that the wire can carry: plain JSON without `undefined`. */
export function plain<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}

/** Whether a preview does not know the value, or a part of it, before the update. Unknowns arrive as a magic text. */
export function isUnknown(value: unknown): boolean {
    return value === runtime.unknownValue || (Array.isArray(value) && value.some(isUnknown));
}
