/** What nobody sees: spaces, controls, formats such as U+200B, and letters that are drawn as nothing. */
const UNSEEN = /[\s\p{C}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/u;

/** Whether a text says nothing, as all of it is unseen. */
export function isBlank(text: string): boolean {
    return [...text].every((character) => UNSEEN.test(character));
}

/**
 * Why a text cannot be the name of a user: one that looks like another one is a name of nobody. The end of a sentence; undefined for one
 * that can.
 *
 *   "ana@example.com"     undefined
 *   " ana@example.com"    begins or ends with a space
 *   "ana\u200b@…"         has a character that cannot be seen: U+200B
 *   "ana smith"           undefined
 */
export function userNameProblem(name: string): string | undefined {
    if (isBlank(name)) return "is empty";
    if (name !== name.trim()) return "begins or ends with a space";
    const unseen = [...name].find((character) => character !== " " && UNSEEN.test(character));
    if (unseen === undefined) return undefined;
    const code = (unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `has a character that cannot be seen: U+${code}`;
}
