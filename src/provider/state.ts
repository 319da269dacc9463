import { isDeepStrictEqual } from "node:util";
import { runtime } from "@pulumi/pulumi";

import type { ReportedUnusable } from "../core/grants/grantsDocument";
import type { Refusal } from "../core/membership/plan";
import type { RulesText } from "../core/membership/rules";
import type { StackEntries } from "../core/membership/stackMemory";

/** The arguments of a membership in the program. */
export interface MembershipArgs extends RulesText {
    /** The shards, in order. */
    readonly zoneIds: readonly string[];
    /** The input of `parseSourceSpec`, without secrets. Undefined if there are only static gateways. */
    readonly source?: unknown;
    /** Lets one run remove more than `maxRemovals`. */
    readonly confirmRemovals?: boolean | undefined;
    /** The value of `zonekeeper:allow`. */
    readonly allow?: readonly string[] | undefined;
}

/** Plain JSON, as Pulumi keeps it in the stack's state: the arguments, and what `check` made of them. */
export interface Membership extends MembershipArgs, StackEntries {
    readonly refused: readonly Pick<Refusal, "id" | "reason">[];
    readonly unusable: readonly ReportedUnusable[];
    /**
     * That Okta has these entries: an output and never an input, so that a preview of a change does not know it. What is
     * made of it is unknown in that preview, and Pulumi prints no second diff of it.
     */
    readonly written?: true;
}

/** Whether two states are equal. The text of the provider counts, so that an upgrade of it reaches the state. */
export function sameState(olds: object, news: object): boolean {
    return isDeepStrictEqual(plain(olds), plain(news));
}

/** A copy as plain JSON without `undefined`, which can be serialized. */
export function plain<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}

/** Whether a preview does not know the value, or a part of it, before the update. Unknowns arrive as a magic text. */
export function isUnknown(value: unknown): boolean {
    return value === runtime.unknownValue || (Array.isArray(value) && value.some(isUnknown));
}
