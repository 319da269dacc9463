import { fail } from "../errors/errors";
import { editsBetween } from "../errors/nearest";
import { quote } from "../errors/quote";
import { failureMarker } from "./failureMarker";
import { MOST_FIELDS, partMarker } from "./partMarker";

/** A list of more entries is taken for an error of the source. */
export const MOST_GRANTS = 200_000;

/**
 * The entries of a grants document, whatever is in them.
 *
 *   document                              what it is
 *   { grants: [] }                        no grants
 *   { grants: [...], version: 3 }         its entries
 *   { Grants: [...] }, { grant: [...] }   unreadable: did you mean grants?
 *   { grants: [...], grant: [...] }       unreadable: which of the two?
 *   { grants: [...], hasMore: true }      unreadable: only a part, see partMarker
 *   { grants: [], error: "time-out" }     unreadable: it says that it failed, see failureMarker
 *   anything else, more than MOST_GRANTS  unreadable; also more than MOST_FIELDS beside the list
 *
 * @throws `source-unreadable`
 */
export function grantsListOf(document: unknown): readonly unknown[] {
    const { list, problem } = listIn(document);
    return problem === undefined ? list : fail("source-unreadable", `the document ${problem}`);
}

/** The same, with the end of a sentence on what is wrong instead of an error. */
export function listIn(
    document: unknown,
):
    | { readonly list: readonly unknown[]; readonly problem?: never }
    | { readonly list?: never; readonly problem: string } {
    const fields = typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
    const list = fields.grants;
    const names = Array.isArray(document) ? [] : Object.keys(fields);
    if (names.length > MOST_FIELDS) {
        return { problem: `has ${names.length} fields, more than the ${MOST_FIELDS} that are read` };
    }
    const similar = names.find(isSimilar);
    if (!Array.isArray(list)) {
        const hint =
            similar === undefined ? "nobody is `grants: []`" : `did you mean grants instead of ${quote(similar)}?`;
        return { problem: `has no list "grants"; ${hint}` };
    }
    if (similar !== undefined) return { problem: `has both "grants" and ${quote(similar)}: keep one of the two` };
    if (list.length > MOST_GRANTS) {
        return { problem: `has ${list.length} grants, more than the ${MOST_GRANTS} that are read` };
    }
    const failure = failureMarker(fields);
    if (failure !== undefined) return { problem: `says that it is not all: ${failure}` };
    const marker = partMarker(fields, list.length);
    if (marker !== undefined) {
        return { problem: `is only a part: ${marker}; all grants have to be in one document` };
    }
    return { list };
}

/** Another spelling of `grants`, or one wrong letter in it. */
function isSimilar(name: string): boolean {
    if (name === "grants" || name.length > 10) return false;
    const letters = name.toLowerCase().replace(/[^a-z]/g, "");
    return editsBetween(letters, "grants") <= 1;
}
