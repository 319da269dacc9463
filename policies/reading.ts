import { runtime } from "@pulumi/pulumi";

/** Stands for what a preview does not know before the update. */
export const UNKNOWN = Symbol("not known before the update");

/**
 * A property, with UNKNOWN for it or for a part of it that is not known yet.
 *
 * Pulumi gives policies properties whose reading throws when they are unknown,
 * which turns the whole policy into an advisory: it would judge nothing at all.
 */
export function read(owner: object, key: PropertyKey): unknown {
    let value: unknown;
    try {
        value = Reflect.get(owner, key);
    } catch {
        return UNKNOWN;
    }
    if (value === runtime.unknownValue) return UNKNOWN;
    return Array.isArray(value) ? Array.from({ length: value.length }, (_, index) => read(value, index)) : value;
}

/** A text or what stands for an absent one; undefined when it is not known. */
export function textOf<Absent extends string | undefined>(
    props: object,
    key: string,
    absent: Absent,
): string | Absent | undefined {
    const value = read(props, key);
    if (value === UNKNOWN) return undefined;
    return typeof value === "string" && value !== "" ? value : absent;
}

/** A list, whose elements may be UNKNOWN; an absent list is empty, an unknown one is undefined. */
export function listOf(props: object, key: string): readonly unknown[] | undefined {
    const value = read(props, key);
    if (value === UNKNOWN) return undefined;
    return Array.isArray(value) ? value : [];
}

/** The texts of a list, or of a list of lists, that are known. */
export function textsOf(props: object, key: string): string[] {
    const texts = (value: unknown): string[] =>
        Array.isArray(value) ? value.flatMap(texts) : typeof value === "string" ? [value] : [];
    return texts(read(props, key));
}

/** The keys of a map, which are known where the map is; none of anything else. */
export function keysOf(value: unknown): string[] {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/** Whether something, known or not, is set. */
export function isSet(props: object, key: string): boolean {
    const value = read(props, key);
    return value !== undefined && value !== null && value !== "";
}
