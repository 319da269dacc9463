import { openSecrets } from "../../okta/credentials/secrets";
import { isSecretReference } from "../../sources/settings/secret";
import { type Environment, secretAt } from "../environment";

/** Okta's credentials of the environment, which count where the configuration names none. */
const VARIABLES = ["OKTA_API_TOKEN", "OKTA_ACCESS_TOKEN", "OKTA_API_PRIVATE_KEY"];

/** Erases the secrets of a configuration from what is said: the last fence, behind messages that hold none. */
export interface Redaction {
    conceal(text: string): string;
    /** Learns the secrets that a configuration refers to, wherever it does; one that is missing is told of elsewhere. */
    learn(document: unknown): void;
}

export function openRedaction(environment: Pick<Environment, "directory" | "env">): Redaction {
    const { keep, conceal } = openSecrets();
    for (const name of VARIABLES) keep(environment.env[name] ?? "");
    return {
        conceal,
        learn(document) {
            for (const reference of referencesIn(document)) {
                try {
                    keep(secretAt(reference, environment));
                } catch {
                    // Whoever needs it says so.
                }
            }
        },
    };
}

function referencesIn(value: unknown): string[] {
    if (typeof value === "string") return isSecretReference(value) ? [value] : [];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}
