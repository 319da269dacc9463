/** The people of a world: logins before the @. Okta knows all of them but the last one. */
export const USERS = ["ana", "bob", "cyd", "dan", "eve", "nobody"] as const;

/** Okta's id of a user. */
export function idOf(name: string): string {
    return `00u${name}`;
}

/** The login of a user of a grant, who may be named by id or by login. */
export function loginOf(user: string): string {
    return user.startsWith("00u") ? `${user.slice("00u".length)}@example.com` : user;
}

/** What a grant calls a user whom an event names by the part of the login before the @, or by id. */
export function grantUser(user: string): string {
    return user.startsWith("00u") ? user : `${user}@example.com`;
}
