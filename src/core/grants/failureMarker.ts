import { quote } from "../errors/quote";

/** Names in small letters, without separators. */
const ERROR = /^(errors?|error(message|code|description|s?list)|exceptions?|failures?|faults?)$/;

const SUCCESS = /^(is)?(success|successful|succeeded|ok|okay)$/;

const STATUS = /^(status|state|result|outcome)$/;

const FAILED = /^(error|errors|fail|failed|failure|partial|incomplete|degraded|timeout|timed[ _-]?out)$/i;

/**
 * Says how a document shows that its source failed, so that its list may lack grants; undefined where it does not. GraphQL
 * and many gateways answer 200 with an empty or a short list beside the error. Only fields next to `grants` count.
 *
 *   field                                     shows a failure when it is
 *   error, errors, errorMessage, exception    anything but null, false, 0, "", "none", [] and {}
 *   failed                                    the same
 *   success, ok                               false
 *   status, state, result, outcome            a word such as error, failed, partial, timeout
 */
export function failureMarker(fields: Readonly<Record<string, unknown>>): string | undefined {
    for (const [name, value] of Object.entries(fields)) {
        const letters = name.toLowerCase().replace(/[\s_.@-]/g, "");
        if ((ERROR.test(letters) || letters === "failed") && !isNothing(value)) return `${quote(name)} is set`;
        if (SUCCESS.test(letters) && (value === false || value === "false")) return `${quote(name)} is false`;
        if (STATUS.test(letters) && typeof value === "string" && FAILED.test(value)) {
            return `${quote(name)} is ${quote(value)}`;
        }
    }
    return undefined;
}

function isNothing(value: unknown): boolean {
    if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
    return value == null || [false, 0, "", "false", "null", "none", "0"].includes(value as string);
}
