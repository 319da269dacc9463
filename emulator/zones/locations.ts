import { invalid } from "../http/errors";
import { type Document, documentOf } from "../state/document";

/** The most locations or other entries in one list of a dynamic zone. Source: Okta's refusal, "No more than 75 …". */
const LIST_LIMIT = 75;

/**
 * The locations of a dynamic zone as Okta gives them back: each with a region,
 * null where there is none, and in another order than they came in. The order
 * is that of a hash table over country and region; it agrees with each of the
 * lists that were recorded, and is a guess beyond them.
 */
export function readLocations(value: unknown): Document[] {
    const given = readList(value, "locations", "No more than 75 locations may be included in a Location Zone.");
    const locations = given.map((item) => {
        const { country, region } = documentOf(item);
        return { country, region: region ?? null };
    });
    return locations.sort((a, b) => bucketOf(a) - bucketOf(b));
}

/** A list of a dynamic zone, nothing counting as empty. */
export function readList(
    value: unknown,
    field: string,
    tooLong = `No more than ${LIST_LIMIT} may be included.`,
): unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return invalid(field, "The value has to be a list.");
    return value.length > LIST_LIMIT ? invalid(field, tooLong) : value;
}

function bucketOf({ country, region }: Document): number {
    const hash = [country, region].reduce<number>((sum, part) => (Math.imul(sum, 37) + hashOf(part)) | 0, 17);
    return (hash ^ (hash >>> 16)) & 15;
}

function hashOf(part: unknown): number {
    return typeof part === "string"
        ? [...part].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 0)
        : 0;
}
