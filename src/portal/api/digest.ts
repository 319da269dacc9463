import type { AgentReport } from "../../core/portal/agentReport";
import type { PortalState } from "../../core/portal/state";
import { identityKey, type PortalGrant, type PortalRequest } from "../../core/portal/types";

/**
 * What is shown of grants and requests, as numbers: where one is the same as before, nothing that it stands for is different. All who
 * listen share one, so that a change costs one look at all rows, however many pages are open.
 */
export interface Digest {
    readonly ofHolder: ReadonlyMap<string, number>;
    readonly ofAccess: ReadonlyMap<string, number>;
    readonly all: number;
}

type Row = PortalGrant | PortalRequest;

/** Rows are replaced as a whole, so that each is looked at once. */
const seen = new WeakMap<Row, { readonly mark: number; readonly holder: string }>();

/** @param only The one holder of whom it is asked. @default all */
export function digestOf({ grants, requests }: PortalState, reports: readonly AgentReport[], only?: string): Digest {
    const [ofHolder, ofAccess] = [new Map<string, number>(), new Map<string, number>()];
    let all = 0;
    const add = (row: Row, holder: string, mark: number) => {
        if (only === undefined || holder === only) ofHolder.set(holder, mixed(ofHolder.get(holder) ?? 0, mark));
        ofAccess.set(row.access, mixed(ofAccess.get(row.access) ?? 0, mark));
        all = mixed(all, mark);
    };
    for (const grant of grants.values()) {
        const { mark, holder } = lookAt(grant);
        add(grant, holder, mixed(mark, reportedMark(grant.id, reports)));
    }
    for (const request of requests.values()) {
        const { mark, holder } = lookAt(request);
        add(request, holder, mark);
    }
    return { ofHolder, ofAccess, all };
}

function lookAt(row: Row) {
    const known = seen.get(row);
    if (known !== undefined) return known;
    const found = { mark: markOfText(JSON.stringify(row)), holder: identityKey(row.holder) };
    seen.set(row, found);
    return found;
}

function reportedMark(id: string, reports: readonly AgentReport[]): number {
    let mark = 0;
    for (const { grants } of reports) {
        const told = grants[id];
        if (told !== undefined) mark = mixed(mark, markOfText(`${told.state} ${told.acceptedAtMs} ${told.why}`));
    }
    return mark;
}

/** FNV-1a in 32 bits: rows that somebody makes alike would only keep a page from being told at once. */
function markOfText(text: string): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash;
}

function mixed(sum: number, mark: number): number {
    return (Math.imul(sum, 31) + mark) | 0;
}
