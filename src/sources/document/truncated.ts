import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { readEntries } from "../../core/grants/grantsDocument";

/**
 * Whether a document ends in the middle of a grant. JSON that is cut off is no
 * JSON, but YAML mostly is YAML still, with fewer grants in it: without a line
 * end, and with a last grant whose last field is missing or makes no sense.
 *
 * It does not notice a cut that falls on a line end.
 */
export function isCutOff(text: string, grants: readonly unknown[], limits: DocumentLimits): boolean {
    if (/[\r\n\]}]$/.test(text) || grants.length === 0) return false;
    const last = grants.at(-1);
    const [unusable] = readEntries([last], limits).unusable;
    const finished = Object.keys(Object(last)).slice(0, -1);
    return unusable !== undefined && !finished.includes(unusable.field);
}
