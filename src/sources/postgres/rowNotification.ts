/** Which rows of a table a statement has changed, as the trigger of schemaSql notifies. */
export interface ChangedRows {
    /** The table's object id. */
    readonly relation: string;
    readonly ids: readonly string[];
}

/** The most rows that one notification names; a statement that changes more names none. */
export const MOST_NAMED = 100;

/**
 * Reads the payload of a notification.
 *
 *   payload                                    rows
 *   {"relation":"16385","ids":["g1","g2"]}     these two
 *   empty, or anything else                    undefined: any row may have changed
 */
export function changedRows(payload: string | undefined): ChangedRows | undefined {
    try {
        const { relation, ids } = JSON.parse(payload ?? "") as Partial<ChangedRows>;
        if (typeof relation !== "string" || !Array.isArray(ids) || ids.length > MOST_NAMED) return undefined;
        return ids.every((id) => typeof id === "string" && id !== "") ? { relation, ids } : undefined;
    } catch {
        return undefined;
    }
}
