import { fieldsOf, momentOf, textOf } from "../exchange/fields";
import type { OktaHttp } from "../http";

/** A change of a zone. Okta's System Log does not say what was changed. */
export interface ZoneChange {
    readonly zoneId: string;
    readonly atMs: number;
    readonly actorId: string;
    readonly actorName: string;
}

/** Okta's own most for a page of the log. */
const PAGE = 1000;

/**
 * The changes of zones between two moments, the latest first, and at most one
 * page of them, which is enough to find other writers.
 *
 * @throws `okta-*`; `okta-forbidden` without the scope okta.logs.read
 */
export async function readZoneChanges(
    http: OktaHttp,
    { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
    signal: AbortSignal,
): Promise<readonly ZoneChange[]> {
    const query = new URLSearchParams({
        since: new Date(sinceMs).toISOString(),
        until: new Date(untilMs).toISOString(),
        filter: 'eventType eq "zone.update"',
        sortOrder: "DESCENDING",
        limit: String(PAGE),
    });
    const { body } = await http.request("GET", `/api/v1/logs?${query}`, { signal });
    return (Array.isArray(body) ? body : []).flatMap((item) => changesIn(fieldsOf(item)));
}

function changesIn({ published, actor, target }: ReturnType<typeof fieldsOf>): ZoneChange[] {
    const atMs = momentOf(published);
    const { id, alternateId, displayName } = fieldsOf(actor);
    const actorId = textOf(id);
    if (atMs === undefined || actorId === undefined || !Array.isArray(target)) return [];
    const actorName = textOf(displayName) ?? textOf(alternateId) ?? "an unknown actor";
    return target.flatMap((item) => {
        const zoneId = textOf(fieldsOf(item).id);
        return zoneId === undefined ? [] : [{ zoneId, atMs, actorId, actorName }];
    });
}
