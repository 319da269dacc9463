/** What nobody sees: spaces, controls, formats such as U+200B, and what Unicode lets programs leave out, such as U+034F and U+FE0F. */
const UNSEEN = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Scripts with letters that look like those of one of the others. */
const SCRIPTS = {
    Latin: /\p{Script=Latin}/u,
    Greek: /\p{Script=Greek}/u,
    Cyrillic: /\p{Script=Cyrillic}/u,
    Armenian: /\p{Script=Armenian}/u,
    Cherokee: /\p{Script=Cherokee}/u,
} as const;

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
 *   "ana\uff20…"          has a character that stands for another one: U+FF20 for @
 *   "\u0430na@…"          mixes letters of Latin and Cyrillic in one word
 *   "Иван Petrov"         undefined
 */
export function userNameProblem(name: string): string | undefined {
    if (isBlank(name)) return "is empty";
    if (name !== name.trim()) return "begins or ends with a space";
    const unseen = [...name].find((character) => character !== " " && UNSEEN.test(character));
    if (unseen !== undefined) return `has a character that cannot be seen: ${codeOf(unseen)}`;
    return spellingProblem(name) ?? mixedProblem(name);
}

/** A name has one spelling, so that two that look alike are the same. */
function spellingProblem(name: string): string | undefined {
    const other = [...name].find((character) => character.normalize("NFKC") !== character);
    if (other !== undefined) {
        const remedy = `${codeOf(other)} for ${other.normalize("NFKC")}`;
        return `has a character that stands for another one: ${remedy}`;
    }
    if (/^\p{M}/u.test(name)) return `begins with a mark that belongs to a letter: ${codeOf(name)}`;
    const written = name.normalize("NFC");
    return written === name ? undefined : `is not in the usual spelling of its letters, which is ${written}`;
}

function mixedProblem(name: string): string | undefined {
    for (const word of name.match(/[\p{L}\p{M}]+/gu) ?? []) {
        const found = Object.entries(SCRIPTS).flatMap(([script, letter]) => (letter.test(word) ? [script] : []));
        if (found.length > 1) return `mixes letters of ${found.join(" and ")} in one word`;
    }
    return undefined;
}

/** `U+FF20` */
function codeOf(character: string): string {
    return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
