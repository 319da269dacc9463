import { z } from "zod";

import { fail } from "../../src/core/errors/errors";
import type { Zone } from "../state/org";

const act = z.union([
    z.strictObject({
        status: z.number().int().min(200).max(599),
        body: z.unknown().optional(),
        headers: z.record(z.string(), z.string()).optional(),
    }),
    z.strictObject({ throttle: z.strictObject({ resetInSeconds: z.number() }) }),
    z.strictObject({ delayMs: z.number().min(0) }),
    z.strictObject({ drop: z.literal(true) }),
    z.strictObject({ loseResponse: z.literal(true) }),
    z.strictObject({ staleReads: z.number().int().min(1) }),
    z.strictObject({ dateSkewMs: z.number() }),
    z.strictObject({ headers: z.record(z.string(), z.string().nullable()) }),
    z.strictObject({ html: z.literal(true), status: z.number().int().min(200).max(599).optional() }),
    z.strictObject({ foreignWrite: z.looseObject({}), zoneId: z.string().optional() }),
]);

const fault = z.strictObject({
    on: z.strictObject({ method: z.string().optional(), path: z.string().optional() }).default({}),
    skip: z.number().int().min(0).default(0),
    times: z.number().int().min(1).default(1),
    do: act,
});

/**
 * Something that goes wrong with requests to come: after `skip` matching ones
 * (0) with the next `times` (1). `on.method` is the whole method, `on.path` a
 * text that the path with its query contains; without them every request
 * matches. The fault that was set first goes first, one fault for a request.
 *
 *   do                          what happens                                             carried out?
 *   { status, body?, headers? } this answer; without a body, Okta's error for the status no
 *   { throttle: { resetInSeconds } } 429 with this reset, and no calls remaining         no
 *   { delayMs }                 the request waits so long, also if its sender hangs up   yes, then
 *   { drop: true }              the connection is cut                                    no
 *   { loseResponse: true }      the connection is cut instead of an answer               yes
 *   { staleReads: n }           the next n GETs of the zone show it as it was before     yes
 *   { dateSkewMs: n }           the answer's Date is so far ahead of the emulator's time yes
 *   { headers: { name: text } } the answer has these headers too; null takes one off     yes
 *   { html: true, status? }     a page of HTML, by default with 200                      no
 *   { foreignWrite: { gateways, … }, zoneId? } then another writer replaces these fields
 *                               of the zone, unchecked, before the answer leaves         yes
 *
 * `staleReads` and `foreignWrite` are about the zone in the path, where
 * `zoneId` does not name another.
 */
export type Fault = z.input<typeof fault>;

/** What to do with one request. */
export type Act = z.output<typeof act>;

export interface Faults {
    /** @throws `bad-input` with one sentence on what is wrong with the fault */
    add(fault: unknown): void;
    /** The act for this request, used up by asking. */
    next(method: string, path: string): Act | undefined;
    /** Shows the zone as it is now to the next reads, whatever becomes of it. */
    holdBack(zone: Zone, reads: number): void;
    /** The zone as reads are to show it, if that is not as it is; one read is used up by asking. */
    staleZone(id: string): Zone | undefined;
    clear(): void;
}

/** A fault with what is left of its skips and times. */
type Waiting = z.output<typeof fault>;

export function createFaults(): Faults {
    const waiting: Waiting[] = [];
    const heldBack = new Map<string, { readonly zone: Zone; left: number }>();
    return {
        add(value) {
            const { data, error } = fault.safeParse(value);
            const [issue] = error?.issues ?? [];
            if (issue) fail("bad-input", `the fault is not usable: ${issue.path.join(".") || "it"}: ${issue.message}`);
            if (data) waiting.push({ ...data });
        },
        next(method, path) {
            const due = waiting.find((entry) => isFor(entry, method, path) && entry.skip-- <= 0);
            if (due === undefined) return undefined;
            due.times -= 1;
            if (due.times === 0) waiting.splice(waiting.indexOf(due), 1);
            return due.do;
        },
        holdBack(zone, reads) {
            heldBack.set(zone.id, { zone, left: reads });
        },
        staleZone(id) {
            const held = heldBack.get(id);
            if (held === undefined) return undefined;
            held.left -= 1;
            if (held.left === 0) heldBack.delete(id);
            return held.zone;
        },
        clear() {
            waiting.length = 0;
            heldBack.clear();
        },
    };
}

function isFor({ on }: Waiting, method: string, path: string): boolean {
    return method === (on.method ?? method) && path.includes(on.path ?? "");
}
