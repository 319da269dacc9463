import * as pulumi from "@pulumi/pulumi";

import { refuse } from "./refuse";

/** What an argument has to be, as far as it is known before the deployment. */
type Kind = "a text" | "a list";

/**
 * Checks what the types demand, since a program in JavaScript has no compiler: later it would be a stack of the SDK.
 *
 * @param type The name of the class: `IpZone`.
 * @param wanted The arguments that have no default, by name.
 * @throws a RunError
 */
export function requireArgs(type: string, name: unknown, args: unknown, wanted: Readonly<Record<string, Kind>>): void {
    if (typeof name !== "string" || name === "") {
        refuse(`new ${type}: the first argument is the name of the resource, a text`);
    }
    const given = (args ?? {}) as Readonly<Record<string, unknown>>;
    for (const [key, kind] of Object.entries(wanted)) {
        if (given[key] === undefined || given[key] === null)
            refuse(`new ${type} "${name}": ${key} is missing: ${kind}`);
        if (!isOf(kind, given[key])) refuse(`new ${type} "${name}": ${key} has to be ${kind}`);
    }
}

function isOf(kind: Kind, value: unknown): boolean {
    if (pulumi.Output.isInstance(value) || value instanceof Promise) return true;
    return kind === "a list" ? Array.isArray(value) : typeof value === "string" && value !== "";
}
