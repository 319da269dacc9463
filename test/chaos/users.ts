/** The people of a world: logins before the @. Okta knows all of them but the last one. */
export const USERS = ["ana", "bob", "cyd", "dan", "eve", "nobody"] as const;
