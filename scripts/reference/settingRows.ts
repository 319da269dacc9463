import { z } from "zod";

/** The parts of a JSON Schema that a table shows. */
interface Described {
    readonly type?: unknown;
    readonly description?: string;
    /** A default that the schema does not have, in words. */
    readonly usual?: string;
    readonly default?: unknown;
    readonly enum?: readonly unknown[];
    readonly const?: unknown;
    readonly properties?: Readonly<Record<string, Described>>;
    readonly required?: readonly string[];
    readonly items?: Described;
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

/** The same for a schema whose fields have no descriptions: name, what may be written, default; nested settings by their paths. */
export function valuesTable(schema: z.ZodType, prefix = ""): string {
    const rows = [...nested(jsonSchemaOf(schema), prefix)].map(
        ([name, setting, isRequired]) =>
            `| \`${name}\` | ${cell(valuesOf(setting))} | ${cell(defaultOf(setting, isRequired))} |`,
    );
    return `| setting | value | default |\n|---|---|---|\n${rows.join("\n")}\n`;
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

function* nested(
    { properties = {}, required = [] }: Described,
    prefix: string,
): Generator<readonly [name: string, setting: Described, isRequired: boolean]> {
    for (const [name, setting] of Object.entries(properties)) {
        const path = `${prefix}${name}`;
        yield [path, setting, required.includes(name)];
        yield* nested(setting, `${path}.`);
        if (setting.items !== undefined) yield* nested(setting.items, `${path}[].`);
    }
}

const KINDS: Readonly<Record<string, string>> = {
    string: "text",
    integer: "number",
    object: "map",
    array: "list",
};

function valuesOf({ type, enum: values, const: only }: Described): string {
    const named = only === undefined ? values : [only];
    if (named !== undefined) return named.map((value) => `\`${String(value)}\``).join(", ");
    if (type === "boolean") return "`true`, `false`";
    return typeof type === "string" ? (KINDS[type] ?? type) : "";
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
