import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import type { Checked, Difference, Failure, Subject } from "../provider";
import { hasUnknown, type Properties, UNKNOWN, type Value } from "../values/values";
import type { Field, OktaResource } from "./resource";

type Fields = OktaResource["fields"];

/**
 * Checks inputs as the real provider's bridge does: unknown names, missing and
 * wrong values are failures; defaults are filled in, and `name` gets a random
 * end where the program gives none. `__defaults` lists what was filled in.
 */
export function checked(fields: Fields, subject: Subject, olds: Properties, news: Properties): Checked {
    const failures = [
        ...Object.keys(news)
            .filter((key) => fields[key] === undefined && !key.startsWith("__"))
            .map((key) => ({ property: key, reason: `${subject.type} has no such input` })),
        ...Object.entries(fields).flatMap(([key, field]) => failuresOf(key, field, news[key])),
    ];
    const defaults = Object.entries(fields).flatMap(([key, field]): [string, Value][] => {
        if (news[key] !== undefined && news[key] !== null) return [];
        if (key === "name") return [[key, nameFor(subject, olds)]];
        return field.default === undefined ? [] : [[key, field.default]];
    });
    const given = Object.entries(news).filter(([, value]) => value !== null);
    const names = defaults.map(([key]) => key).sort();
    return { inputs: { ...Object.fromEntries([...given, ...defaults]), __defaults: names }, failures };
}

function failuresOf(key: string, field: Field, value: Value | undefined): Failure[] {
    if (value === undefined || value === null) {
        return field.required === true ? [{ property: key, reason: "is required" }] : [];
    }
    if (value === UNKNOWN) return [];
    if (!isOfKind(field.kind, value)) return [{ property: key, reason: `is not of kind ${field.kind}` }];
    if (field.oneOf === undefined || field.oneOf.includes(String(value))) return [];
    return [{ property: key, reason: `expected one of ${field.oneOf.join(", ")}` }];
}

function isOfKind(kind: Field["kind"], value: Value): boolean {
    const object = typeof value === "object" && value !== null && !Array.isArray(value);
    switch (kind) {
        case "text":
            return typeof value === "string";
        case "number":
            return typeof value === "number";
        case "flag":
            return typeof value === "boolean";
        case "texts":
            return Array.isArray(value) && value.every((item: Value) => typeof item === "string");
        case "objects":
            return Array.isArray(value);
        case "object":
            return object;
    }
}

function nameFor({ name }: Subject, olds: Properties): Value {
    const wasMade = Array.isArray(olds.__defaults) && olds.__defaults.includes("name");
    return wasMade && olds.name !== undefined ? olds.name : `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** Compares what is in the state with what the program wants, field by field, as the provider's schema says. */
export function difference(fields: Fields, outputs: Properties, news: Properties): Difference {
    const changed = Object.entries(fields).filter(([key, field]) => differs(field, outputs[key], news[key]));
    const replaces = changed.filter(([, { replaces }]) => replaces === true).map(([key]) => key);
    return { changes: changed.length > 0, replaces, deleteBeforeReplace: false };
}

function differs(field: Field, old: Value | undefined, wanted: Value | undefined): boolean {
    if (wanted === undefined) return field.computed !== true && !isEmpty(old);
    if (isEmpty(wanted) && isEmpty(old)) return false;
    return hasUnknown(wanted) || !isDeepStrictEqual(canonical(field, old), canonical(field, wanted));
}

function isEmpty(value: Value | undefined): boolean {
    return [undefined, null, "", 0, false].includes(value as null) || (Array.isArray(value) && value.length === 0);
}

function canonical(field: Field, value: Value | undefined): unknown {
    if (!Array.isArray(value)) return value;
    const spelt = value.map((item: Value) => (typeof item === "string" ? (field.spelling?.(item) ?? item) : item));
    return field.set === true ? spelt.sort() : spelt;
}

/** What an update works towards: the program's values over the state's, without what the program has taken out. */
export function planned(fields: Fields, outputs: Properties, news: Properties): Properties {
    const kept = Object.entries(outputs).filter(([key]) => fields[key] === undefined || fields[key].computed === true);
    return { ...Object.fromEntries(kept), ...withoutOwn(news) };
}

/** The inputs that would give the outputs that were read: the old keys with the new values. */
export function inputsAfterRead(fields: Fields, inputs: Properties, outputs: Properties): Properties {
    const entries = Object.entries(inputs).flatMap(([key, old]): [string, Value][] => {
        const field = fields[key];
        const value = outputs[key];
        if (field === undefined) return [[key, old]];
        if (value === undefined) return isEmpty(old) ? [[key, old]] : [];
        return [[key, differs(field, value, old) ? value : old]];
    });
    return Object.fromEntries(entries);
}

export function withoutOwn(properties: Properties): Properties {
    return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}
