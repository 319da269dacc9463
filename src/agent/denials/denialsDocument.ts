import { z } from "zod";

import { formatSpan, parseSpan } from "../../core/addresses/ip";
import { fail } from "../../core/errors/errors";
import { parseMoment } from "../../core/grants/moment";
import type { Denial } from "../../core/membership/denials";
import { tellMoment } from "../events/format";

const ENTRY = z.strictObject({
    id: z.string().min(1),
    user: z.string().min(1).optional(),
    address: z.string().optional(),
    grant: z.string().min(1).optional(),
    until: z.string().optional(),
    reason: z.string(),
    by: z.string(),
    at: z.string(),
});

const DOCUMENT = z.strictObject({ denials: z.array(ENTRY) });

/** The latest time that RFC 3339 can represent. */
export const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A denial in `GET /api/deny` and `deny.json`. Times are RFC 3339 in UTC. */
export function tellDenial({ id, user, span, grant, untilMs, reason, by, atMs }: Denial) {
    return {
        id,
        ...(user !== undefined && { user }),
        ...(span !== undefined && { address: formatSpan(span) }),
        ...(grant !== undefined && { grant }),
        ...(untilMs !== undefined && { until: tellMoment(untilMs) }),
        reason,
        by,
        at: tellMoment(atMs),
    };
}

/**
 * The text of `deny.json`:
 *
 *   {"denials":[{"id":"…","user":"ana@example.com","until":"…","reason":"INC-7","by":"mia","at":"…"}]}
 */
export function denialsText(denials: readonly Denial[]): string {
    return `${JSON.stringify({ denials: denials.map(tellDenial) }, undefined, 2)}\n`;
}

/**
 * Reads the text of denialsText, which a person may have edited.
 *
 * @throws `bad-input` for anything else: a denial that is ignored would admit a denied user
 */
export function denialsIn(text: string, path: string): readonly Denial[] {
    const remedy = "correct it; delete it only if no denial is needed any more";
    const broken = (why: string) => fail("bad-input", `${path} does not say who is denied: ${why}; ${remedy}`);
    const document = DOCUMENT.safeParse(parsed(text));
    if (document.error !== undefined) {
        const [issue] = document.error.issues;
        const place = issue?.path.join(".") ?? "";
        return broken(place === "" ? "it is not the JSON that the agent wrote" : `${place} is wrong`);
    }
    return document.data.denials.map((entry, index) => denialOf(entry) ?? broken(`denials.${index} is wrong`));
}

function denialOf(entry: z.output<typeof ENTRY>): Denial | undefined {
    const { id, user, address, grant, until, reason, by, at } = entry;
    const targets = [user, address, grant].filter((each) => each !== undefined);
    const span = address === undefined ? undefined : parseSpan(address).span;
    const untilMs = until === undefined ? undefined : parseMoment(until);
    const atMs = parseMoment(at);
    const isRead =
        (address === undefined) === (span === undefined) && (until === undefined) === (untilMs === undefined);
    if (targets.length !== 1 || !isRead || atMs === undefined) return undefined;
    return {
        id,
        ...(user !== undefined && { user }),
        ...(span !== undefined && { span }),
        ...(grant !== undefined && { grant }),
        ...(untilMs !== undefined && { untilMs }),
        reason,
        by,
        atMs,
    };
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
