import { readFileSync } from "node:fs";
import { join } from "node:path";

import Ajv, { type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

type Json = { readonly [field: string]: unknown };

/** A request and its answer, as far as the description says something about them. */
export interface Exchange {
    readonly method: string;
    readonly path: string;
    /** Undefined without one. */
    readonly body: unknown;
    readonly status: number;
    /** Parsed where it is JSON. */
    readonly answer: unknown;
}

interface Description {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly schemas: Readonly<Record<string, Json>>;
}

interface Operation {
    readonly requestBody?: Json;
    /** By status; null where the answer has no body. */
    readonly responses: Readonly<Record<string, Json | null>>;
}

const file = join(__dirname, "..", "..", "fixtures", "okta-openapi.json");
const description: Description = JSON.parse(readFileSync(file, "utf8"));
const { paths, schemas } = description;

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: "okta", components: { schemas: toJsonSchema(schemas) } });

/** Okta's body of an error; the description has it as a response of its own. */
const ERROR: Json = {
    type: "object",
    required: ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"],
    properties: {
        errorCode: { type: "string", pattern: "^E\\d{7}$" },
        errorSummary: { type: "string" },
        errorLink: { type: "string" },
        errorId: { type: "string", pattern: "^oae" },
        errorCauses: {
            type: "array",
            items: { type: "object", required: ["errorSummary"], properties: { errorSummary: { type: "string" } } },
        },
    },
};

/** The path of the description for an address, such as `/api/v1/zones/{zoneId}`; undefined where it has none. */
export function patternOf(path: string): string | undefined {
    const [plain = ""] = path.split("?");
    const fits = Object.keys(paths).filter((pattern) =>
        new RegExp(`^${pattern.replace(/\{\w+\}/g, "[^/]+")}$`).test(plain),
    );
    return fits.sort((a, b) => a.split("{").length - b.split("{").length)[0];
}

/**
 * What is wrong with an exchange by Okta's description, each problem with its
 * place: `response 200 of GET /api/v1/zones: /0/gateways must be array`. An
 * address that the description does not have is a problem too.
 */
export function problemsIn({ method, path, body, status, answer }: Exchange): string[] {
    const pattern = patternOf(path);
    const operation = pattern === undefined ? undefined : paths[pattern]?.[method.toLowerCase()];
    if (operation === undefined) return [`${method} ${path.split("?")[0]} is not described`];
    const of = `${method} ${pattern}`;
    if (status >= 400) return check(ERROR, answer, `response ${status} of ${of}`);
    const { requestBody, responses } = operation;
    const schema = responses[status];
    return [
        ...(requestBody === undefined ? [] : check(requestBody, body, `request of ${of}`)),
        ...(schema === undefined ? [`response ${status} of ${of}: is not described`] : []),
        ...(schema === null && answer !== "" ? [`response ${status} of ${of}: has a body`] : []),
        ...(schema ? check(schema, answer, `response ${status} of ${of}`) : []),
    ];
}

function check(schema: Json, value: unknown, where: string): string[] {
    if (schema.type === "array" && Array.isArray(value)) {
        return value.flatMap((item) => check(schema.items as Json, item, where));
    }
    const validate = validatorOf(narrowed(schema, value));
    if (validate(value)) return [];
    const errors = validate.errors ?? [];
    // The halves of what `nullable` became, without which nothing would be said twice.
    const told = errors.filter(({ keyword, message }) => keyword !== "anyOf" && message !== "must be null");
    return told.map(({ instancePath, message }) => `${where}: ${instancePath} ${message}`);
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(schema: Json): ValidateFunction {
    const key = JSON.stringify(schema);
    const known = validators.get(key) ?? ajv.compile(toJsonSchema(schema) as Json);
    validators.set(key, known);
    return known;
}

/** The schema that the discriminator of a schema chooses, such as IPNetworkZone for a zone with `type: "IP"`. */
function narrowed(schema: Json, value: unknown): Json {
    const { propertyName, mapping } = (resolved(schema).discriminator ?? {}) as {
        propertyName?: string;
        mapping?: Readonly<Record<string, string>>;
    };
    const chosen = mapping?.[String((value as Json | null)?.[propertyName ?? ""])];
    return chosen === undefined || chosen === schema.$ref ? schema : { $ref: chosen };
}

function resolved({ $ref, ...schema }: Json): Json {
    return typeof $ref === "string" ? (schemas[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {}) : schema;
}

/** OpenAPI 3.0 as JSON Schema: `nullable` becomes a type, references get their document, discriminators go. */
function toJsonSchema(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(toJsonSchema);
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node as Json)
        .filter(([field, value]) => field !== "nullable" && (field !== "discriminator" || typeof value !== "object"))
        .map(([field, value]): [string, unknown] =>
            field === "$ref" && typeof value === "string" && value.startsWith("#")
                ? [field, `okta${value}`]
                : [field, toJsonSchema(value)],
        );
    const schema = Object.fromEntries(entries);
    return (node as Json).nullable === true ? { anyOf: [{ type: "null" }, schema] } : schema;
}
