import { openSecrets } from "../../okta/credentials/secrets";
import { isSecretReference } from "../../sources/settings/secret";
import { type Environment, secretAt } from "../environment";

/** The environment variables with Okta's credentials, which are used if the configuration names none. */
const VARIABLES = ["OKTA_API_TOKEN", "OKTA_ACCESS_TOKEN", "OKTA_API_PRIVATE_KEY"];

/** Redacts the secrets of a configuration in messages. This is a second protection: messages contain no secrets. */
export interface Redaction {
    redact(text: string): string;
    /** Adds all secrets that a configuration refers to; a missing one is reported elsewhere. */
    learn(document: unknown): void;
}

export function openRedaction(environment: Pick<Environment, "directory" | "env">): Redaction {
    const { keep, redact } = openSecrets();
    for (const name of VARIABLES) keep(environment.env[name] ?? "");
    return {
        redact,
        learn(document) {
            for (const reference of referencesIn(document)) {
                try {
                    keep(secretAt(reference, environment));
                } catch {
                    // The code that needs the secret reports that it is missing.
                }
            }
        },
    };
}

function referencesIn(value: unknown): string[] {
    if (typeof value === "string") return isSecretReference(value) ? [value] : [];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}
