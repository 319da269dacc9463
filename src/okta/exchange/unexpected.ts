import { fail } from "../../core/errors/errors";

/**
 * Throws for an answer of another shape than that of Okta's API.
 *
 * @param what What was expected: `a zone`.
 * @throws `okta-unreachable`
 */
export function unexpected(path: string, what: string): never {
    return fail(
        "okta-unreachable",
        `GET ${path}: the answer is not ${what}, so this is hardly Okta's API; check orgName and baseUrl`,
    );
}
