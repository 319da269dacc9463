import { MOST_GRANTS } from "../../core/grants/documentShape";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";

/**
 * A reading of a table after some of its rows have changed. A row that is there again keeps its place; a new one comes
 * last.
 *
 * @param ids The rows that may have changed.
 * @param changed Those of them that are in the table now.
 * @returns undefined where only the whole table can tell: a changed row is or was unusable, ids are not unique, there is
 *     no usable row left, or there are too many
 */
export function readingAfter(
    before: Reading,
    ids: ReadonlySet<string>,
    { grants: changed, unusable }: Reading,
): Reading | undefined {
    const now = new Map(changed.map((grant) => [grant.id, grant]));
    const isClear =
        unusable.length === 0 &&
        changed.every(({ id }) => ids.has(id)) &&
        !before.unusable.some(({ id }) => ids.has(id));
    if (!isClear) return undefined;
    const grants: Grant[] = [];
    for (const grant of before.grants) {
        const next = ids.has(grant.id) ? now.get(grant.id) : grant;
        if (next !== undefined) grants.push(next);
        if (next !== grant) now.delete(grant.id);
    }
    grants.push(...now.values());
    const isEmpty = grants.length === 0 && before.unusable.length > 0;
    return isEmpty || grants.length > MOST_GRANTS ? undefined : { ...before, grants };
}
