import { invalid, refuse } from "../http/errors";
import { type Document, documentOf } from "../state/document";
import type { Org } from "../state/org";
import { ATTRIBUTES } from "./baseAttributes";
import { loginOf } from "./findUser";

const EMAIL = /^[^@\s]+@[^@\s]+$/;

/**
 * A profile as Okta keeps it: attributes that are null are left out, but for
 * `mobilePhone` and `secondEmail` (recorded).
 *
 * @param before What a POST of an existing user adds to; a PUT replaces it.
 * @param name Okta's name for the user in its refusals: `newUser` or the id.
 */
export function profileOf(org: Org, given: unknown, before: Document, name: string): Document {
    const said = documentOf(given);
    const known = new Set([...ATTRIBUTES, ...org.customAttributes.keys(), ...Object.keys(before)]);
    const unknown = Object.keys(said).filter((field) => !known.has(field));
    if (unknown.length > 0) {
        const causes = [`Property name '${unknown[0]}' is not defined in profile`];
        refuse(400, "E0000001", `Api validation failed: ${name}`, { causes });
    }
    const all = { ...before, ...said };
    const kept = Object.entries(all).filter(([, value]) => value !== null && value !== undefined);
    const profile: Document = { mobilePhone: null, secondEmail: null, ...Object.fromEntries(kept) };
    const { login, email } = profile;
    if (typeof login !== "string" || login === "") return invalid("login", "The field cannot be left blank");
    if (!EMAIL.test(login)) invalid("login", "Username must be in the form of an email address");
    if (typeof email !== "string" || !EMAIL.test(email)) invalid("email", "Does not match required pattern");
    const isTaken = [...org.users.values()].some(
        (user) => user.id !== name && loginOf(user).toLowerCase() === login.toLowerCase(),
    );
    if (isTaken) invalid("login", "An object with this field already exists in the current organization");
    return profile;
}

/** What is shown of credentials: never a secret. */
export function credentialsOf(given: unknown, before: Document): Document {
    const { password, recovery_question: question } = documentOf(given);
    const asked = documentOf(question).question ?? documentOf(before.recovery_question).question;
    return {
        ...((hasPassword(given) || before.password !== undefined) && password !== null && { password: {} }),
        ...(asked !== undefined && { recovery_question: { question: asked } }),
        provider: before.provider ?? { type: "OKTA", name: "OKTA" },
    };
}

/** Whether a body sets a password: as a text, as a hash, or by a hook. */
export function hasPassword(credentials: unknown): boolean {
    const { value, hash, hook } = documentOf(documentOf(credentials).password);
    return [value, hash, hook].some((each) => each !== undefined && each !== null && each !== "");
}
