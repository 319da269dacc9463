import { z } from "zod";

/** The parts of a JSON Schema that a table shows. */
interface Described {
    readonly description?: string;
    /** A default that the schema does not have, in words. */
    readonly usual?: string;
    readonly default?: unknown;
    readonly properties?: Readonly<Record<string, Described>>;
    readonly required?: readonly string[];
}

/**
 * A table of the settings of a schema: name, meaning, default. The meaning is what `describe` or `meta` of the field says.
 *
 * @param prefix Stands before each name.
 * @throws where a setting has no description
 */
export function settingsTable(schema: z.ZodType, prefix = ""): string {
    const rows = settingsOf(schema).map(([name, setting, isRequired]) => {
        if (setting.description === undefined) throw new Error(`the setting ${prefix}${name} has no description`);
        return `| \`${prefix}${name}\` | ${cell(setting.description)} | ${cell(defaultOf(setting, isRequired))} |`;
    });
    return `| setting | meaning | default |\n|---|---|---|\n${rows.join("\n")}\n`;
}

function jsonSchemaOf(schema: z.ZodType): Described {
    return z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }) as Described;
}

/** All but `type`, which a table's title says. */
function settingsOf(schema: z.ZodType): (readonly [name: string, setting: Described, isRequired: boolean])[] {
    const { properties = {}, required = [] } = jsonSchemaOf(schema);
    return Object.entries(properties)
        .filter(([name]) => name !== "type")
        .map(([name, setting]) => [name, setting, required.includes(name)]);
}

function defaultOf({ usual, default: value }: Described, isRequired: boolean): string {
    if (usual !== undefined) return usual;
    if (value === undefined) return isRequired ? "required" : "";
    if (Array.isArray(value) && value.length === 0) return "none";
    if (typeof value === "object") return Object.keys(Object(value)).length === 0 ? "" : `\`${yaml(value)}\``;
    return `\`${String(value)}\``;
}

/** A list of texts, or a map of plain values, as one writes them in YAML. */
function yaml(value: unknown): string {
    if (Array.isArray(value)) return `[${value.join(", ")}]`;
    const pairs = Object.entries(Object(value)).map(([key, each]) => `${key}: ${String(each)}`);
    return `{ ${pairs.join(", ")} }`;
}

/** A bar would end the cell. */
function cell(text: string): string {
    return text.replaceAll("|", "\\|");
}
