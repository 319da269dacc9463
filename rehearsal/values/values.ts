/** A property as Pulumi's messages and our state carry it: JSON, in which a marked object stands for a secret. */
export type Value = null | boolean | number | string | readonly Value[] | Properties;

export interface Properties {
    readonly [key: string]: Value;
}

/** What a preview says for a value that only the update will know. Source: @pulumi/pulumi, runtime/rpc. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

export function secret(value: Value): Properties {
    return { [MARK]: SECRET, value };
}

export function isSecret(value: Value | undefined): value is Properties {
    return isObject(value) && value[MARK] === SECRET;
}

export function isObject(value: Value | undefined): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value with another one in place of each secret and of each unknown; `whole` sees them first. */
export function mapped(value: Value, whole: (value: Value) => Value | undefined): Value {
    const other = whole(value);
    if (other !== undefined) return other;
    if (Array.isArray(value)) return value.map((item: Value) => mapped(item, whole));
    return isObject(value) ? mappedProperties(value, whole) : value;
}

function mappedProperties(properties: Properties, whole: (value: Value) => Value | undefined): Properties {
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, mapped(value, whole)]));
}

/** The properties as providers want them: secrets without their mark, references to resources as ids or URNs. */
export function unmarked(properties: Properties): Properties {
    return mappedProperties(properties, (value) => {
        if (isSecret(value)) return unmarked({ value: value.value ?? null }).value;
        return isObject(value) && value[MARK] === REFERENCE ? (value.id ?? value.urn) : undefined;
    });
}

/** The value as people and problems may see it. */
export function shown(value: Value): Value {
    return mapped(value, (part) => {
        if (isSecret(part)) return "[secret]";
        return part === UNKNOWN ? "[unknown]" : undefined;
    });
}

/**
 * Marks again what a provider gave back without marks: a property that was a
 * secret among `like`, at the same path, and each of `keys`.
 */
export function remarked(properties: Properties, like: Properties, keys: readonly string[] = []): Properties {
    return Object.fromEntries(
        Object.entries(properties).map(([key, value]) => {
            const marked = remarkedValue(value, like[key]);
            return [key, keys.includes(key) && !isSecret(marked) ? secret(marked) : marked];
        }),
    );
}

function remarkedValue(value: Value, like: Value | undefined): Value {
    if (isSecret(like)) return isSecret(value) ? value : secret(value);
    if (isObject(value) && isObject(like) && !isSecret(value)) return remarked(value, like);
    if (!Array.isArray(value) || !Array.isArray(like)) return value;
    return value.map((item: Value, index) => remarkedValue(item, like[index]));
}

/** Every secret in the value, as the text that must not appear anywhere. */
export function secretTexts(value: Value): string[] {
    if (isSecret(value)) return texts(value.value ?? null);
    if (Array.isArray(value)) return value.flatMap((item: Value) => secretTexts(item));
    return isObject(value) ? Object.values(value).flatMap(secretTexts) : [];
}

function texts(value: Value): string[] {
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return value.flatMap((item: Value) => texts(item));
    return isObject(value) ? Object.values(value).flatMap(texts) : [];
}

export function hasSecret(value: Value): boolean {
    if (Array.isArray(value)) return value.some((item: Value) => hasSecret(item));
    return isSecret(value) || (isObject(value) && Object.values(value).some(hasSecret));
}

export function hasUnknown(value: Value): boolean {
    if (Array.isArray(value)) return value.some((item: Value) => hasUnknown(item));
    return value === UNKNOWN || (isObject(value) && Object.values(value).some(hasUnknown));
}
