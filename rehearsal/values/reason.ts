import { hasRow, sentenceOf } from "../../src/core/errors/codes";
import { coded } from "../../src/core/errors/errors";

/** The cause of a failure that policies found. */
const POLICIES = "policies";

/** What policies found is told in their words, as Pulumi tells it: they have names instead of codes. */
export function failByPolicies(violations: readonly string[]): never {
    throw coded("bad-input", violations.join("; "), { cause: POLICIES });
}

/** An error as one sentence for people: its message, without a stack, and with its stable code where it has one. */
export function reasonOf(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && error.cause === POLICIES) return message;
    return hasRow(error) && !/\[ZK\d{3}\]$/.test(message) ? sentenceOf(error) : message;
}
