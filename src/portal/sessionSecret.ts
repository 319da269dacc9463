import { type Environment, secretAt } from "../agent/environment";
import { fail } from "../core/errors/errors";

/** A short secret could be guessed, and with it every cookie could be made. @throws `bad-input` */
export function requireSecret(setting: string, environment: Pick<Environment, "directory" | "env">): string {
    const secret = secretAt(setting, environment);
    if (secret.length >= 32) return secret;
    return fail(
        "bad-input",
        `session.secret (${setting}) is shorter than 32 characters: make one with openssl rand -base64 32`,
    );
}
