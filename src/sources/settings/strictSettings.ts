import { z } from "zod";

import { hasCode } from "../../core/errors/errors";
import { nearest } from "../../core/errors/nearest";
import { isSecretReference, type SecretReference } from "./secret";

/** Ends a sentence about a secret, or about a URL that may hold one. */
export const SAY_WHERE = "say where it is, as env:NAME or file:PATH";

/**
 * Settings with these keys and no others. Each message of a source's schema is a whole sentence.
 *
 * @param what Begins the sentence on an unknown key, such as "a source of type file".
 * @param missing The sentence on a value that is not a map of settings.
 */
export function strictSettings<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape, missing = "") {
    const keys = Object.keys(shape);
    return z.strictObject(shape, {
        error: (issue) => {
            if (issue.code !== "unrecognized_keys") return missing;
            return issue.keys
                .map((key) => {
                    const meant = nearest(
                        key,
                        keys.filter((known) => known !== "type"),
                    );
                    const hint = meant === undefined ? `it has ${keys.join(", ")}` : `did you mean ${meant}?`;
                    return `${what} has no setting "${key}": ${hint}`;
                })
                .join("; ");
        },
    });
}

/** A text that is not empty. */
export function required(missing: string) {
    return z.string(missing).min(1, missing);
}

/** `env:NAME` or `file:PATH`. */
export function secretReference(what: string) {
    const problem = `${what} must be the place of the secret, env:NAME or file:PATH, and never the secret itself`;
    return z
        .string(problem)
        .refine(isSecretReference, problem)
        .transform((text) => text as SecretReference);
}

/**
 * Runs a parser in a transform: its `bad-input` becomes an issue with the same sentence.
 *
 * @throws whatever else it throws
 */
export function parsed<Value>(context: z.RefinementCtx, parse: () => Value): Value {
    try {
        return parse();
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        return refuse(context, error.message);
    }
}

/** Ends a transform with an issue. */
export function refuse(context: z.RefinementCtx, message: string): never {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
}
