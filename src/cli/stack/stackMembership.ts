import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { fail } from "../../core/errors/errors";

/** Who keeps the gateways of a stack, and where that is said. */
export interface StackMembership {
    readonly membership: "pulumi" | "agent";
    /** `Pulumi.<stack>.yaml`, whether it is there or not. */
    readonly file: string;
}

/**
 * What the settings of a stack say of its membership; `pulumi`, the program's default, where they say nothing or are not there.
 *
 * @param stack Its name, perhaps with organization and project before it.
 * @throws `bad-input` for a file that is not YAML; it is not quoted, as there may be a secret in it
 */
export async function stackMembership(directory: string, stack: string): Promise<StackMembership> {
    const file = `Pulumi.${stack.split("/").at(-1)}.yaml`;
    const text = await readFile(join(directory, file), "utf8").catch(() => "");
    const config = fieldOf(parsed(file, text), "config");
    const said = fieldOf(config, "zonekeeper:membership") ?? fieldOf(config, "membership");
    return { membership: said === "agent" ? "agent" : "pulumi", file };
}

function parsed(file: string, text: string): unknown {
    try {
        const { parse } = require("yaml") as typeof import("yaml");
        return parse(text);
    } catch {
        return fail("bad-input", `${file} is not YAML, so it does not say who keeps the gateways: correct it first`);
    }
}

function fieldOf(value: unknown, key: string): unknown {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
