import { missing } from "../http/errors";
import { type Document, documentOf } from "../state/document";
import type { Org } from "../state/org";

/** By id, by login in whatever case, or by what is before the @ of a login, if it is of one user only. */
export function findUser({ users }: Org, key: string): Document {
    const wanted = key.toLowerCase();
    const byKey = users.get(key) ?? [...users.values()].find((user) => loginOf(user).toLowerCase() === wanted);
    const byShortName = [...users.values()].filter((user) => loginOf(user).toLowerCase().startsWith(`${wanted}@`));
    return byKey ?? (byShortName.length === 1 && byShortName[0] ? byShortName[0] : missing(key, "User"));
}

export function loginOf(user: Document): string {
    return String(documentOf(user.profile).login);
}
