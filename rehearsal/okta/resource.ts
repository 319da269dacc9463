import type { Made } from "../provider";
import type { Properties, Value } from "../values/values";
import type { OktaApi } from "./api";

/** What the real provider's schema says of an input. */
export interface Field {
    readonly kind: "text" | "number" | "flag" | "texts" | "objects" | "object";
    readonly required?: boolean;
    readonly oneOf?: readonly string[];
    /** What the provider fills in where the program says nothing. */
    readonly default?: Value;
    /** Without a value in the program, Okta's own stays. @default false */
    readonly computed?: boolean;
    /** A change needs another resource in place of this one. @default false */
    readonly replaces?: boolean;
    /** The order of the list means nothing. @default false */
    readonly set?: boolean;
    /** One spelling for texts that mean the same. */
    readonly spelling?: (text: string) => string;
}

/** A resource type of the stand-in: the same requests, in the same order and with the same bodies, as the real provider. */
export interface OktaResource {
    readonly fields: Readonly<Record<string, Field>>;
    /** Whether it exists on Identity Engine only, about which the provider asks before the first use. */
    readonly needsIdentityEngine: boolean;
    create(okta: OktaApi, inputs: Properties): Promise<Made>;
    /** The outputs, or undefined where it is gone. */
    read(okta: OktaApi, id: string, outputs: Properties): Promise<Properties | undefined>;
    /** @param planned The old outputs with the program's changes. */
    update(okta: OktaApi, id: string, planned: Properties, outputs: Properties): Promise<Properties>;
    delete(okta: OktaApi, id: string, outputs: Properties): Promise<void>;
}

/** The properties that have a value; the rest is left out, as the provider's JSON does. */
export function present(properties: Readonly<Record<string, Value | undefined>>): Properties {
    return Object.fromEntries(
        Object.entries(properties).filter((entry): entry is [string, Value] => entry[1] !== undefined),
    );
}

/** The same for lists: an empty one counts as none. */
export function filled(list: Value | undefined): readonly Value[] | undefined {
    return Array.isArray(list) && list.length > 0 ? list : undefined;
}

/** The value at a path of Okta's JSON: `at(rule, "conditions", "network", "include")`. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
    return path.reduce<Value | undefined>((part, key) => {
        const inside = typeof part === "object" && part !== null && !Array.isArray(part);
        return inside ? ((part as Properties)[key] ?? undefined) : undefined;
    }, value);
}

export function text(value: Value | undefined): string {
    return typeof value === "string" ? value : "";
}
