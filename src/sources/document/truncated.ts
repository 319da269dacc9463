import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { readEntries } from "../../core/grants/grantsDocument";

/**
 * Whether a document was truncated in the middle of a grant. Truncated JSON is invalid, but
 * truncated YAML is usually valid, with fewer grants: it ends without a line end, and the last
 * field of its last grant is missing or invalid.
 *
 * A truncation at a line end is not detected.
 */
export function isCutOff(text: string, grants: readonly unknown[], limits: DocumentLimits): boolean {
    if (/[\r\n\]}]$/.test(text) || grants.length === 0) return false;
    const last = grants.at(-1);
    const [unusable] = readEntries([last], limits).unusable;
    const finished = Object.keys(Object(last)).slice(0, -1);
    return unusable !== undefined && !finished.includes(unusable.field);
}
