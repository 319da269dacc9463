import { isDeepStrictEqual } from "node:util";

import { isObject, isSecret, type Properties, shown, UNKNOWN, type Value } from "../values/values";

/** A property that differs, as people may see it: secrets are `[secret]`, unknown values `[unknown]`. */
export interface PropertyChange {
    /** `actions.signon.access`, `gateways[1]` */
    readonly path: string;
    /** Undefined for a property that appears. */
    readonly before: unknown;
    /** Undefined for a property that goes. */
    readonly after: unknown;
}

/**
 * Where two sets of properties differ, down to the smallest part. Top-level
 * properties that begin with `__` are Pulumi's own and left out.
 */
export function differences(before: Properties, after: Properties): readonly PropertyChange[] {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].filter((key) => !key.startsWith("__")).flatMap((key) => between(key, before[key], after[key]));
}

function between(path: string, before: Value | undefined, after: Value | undefined): PropertyChange[] {
    if (isDeepStrictEqual(before, after)) return [];
    if (Array.isArray(before) && Array.isArray(after)) {
        const places = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
        return places.flatMap((index) => between(`${path}[${index}]`, before[index], after[index]));
    }
    if (isObject(before) && isObject(after) && !isSecret(before) && !isSecret(after)) {
        const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
        return [...keys].flatMap((key) => between(`${path}.${key}`, before[key], after[key]));
    }
    return [{ path, before: visible(before), after: visible(after) }];
}

function visible(value: Value | undefined): unknown {
    return value === undefined ? undefined : shown(value);
}

/** Whether two values are the same, or cannot yet be told apart. */
export function agree(before: Value | undefined, after: Value | undefined): boolean {
    return before !== UNKNOWN && after !== UNKNOWN && isDeepStrictEqual(before, after);
}
