import { z } from "zod";
import { parseSpan, type Span, sizeOf } from "../addresses/ip";
import { fail } from "../errors/errors";
import { quote } from "../errors/quote";
import type { Grant } from "./grants";
import { parseMoment } from "./moment";

/** What a source said: the grants in it that can be used, and why each of the others cannot. */
export interface Reading {
    readonly grants: readonly Grant[];
    readonly unusable: readonly Unusable[];
}

/** An entry that was left out of a document: it admits nobody, and the others do not suffer for it. */
export interface Unusable {
    /** The grant's id, or `grant 3` for the third entry when it has none. */
    readonly id: string;
    /** The field to mend, such as `expiresAt`. */
    readonly field: string;
    readonly reason: string;
}

export interface DocumentLimits {
    /** The shortest prefix that a grant may have: with 24, a grant of more than 256 addresses in a row is unusable. */
    readonly widestPrefix: number;
}

/** More entries than this are taken for a mistake of the source. */
export const MOST_GRANTS = 200_000;

/**
 * Reads a grants document (interface of the product, section "Grants"):
 *
 *   { "grants": [{ "id": "g1", "ip": "203.0.113.7", "expiresAt": "2026-12-01T18:00:00Z" }] }
 *
 * An unusable entry is left out and reported. A document of another shape is
 * unreadable, which is not the same as one with no grants in it.
 *
 * @throws `source-unreadable`
 */
export function readGrantsDocument(document: unknown, limits: DocumentLimits): Reading {
    const list = (document as { grants?: unknown } | null | undefined)?.grants;
    if (!Array.isArray(list))
        return fail("source-unreadable", 'the document has no list "grants"; nobody is `grants: []`');
    if (list.length > MOST_GRANTS) {
        fail("source-unreadable", `the document has ${list.length} grants, more than the ${MOST_GRANTS} that are read`);
    }
    const seen = new Set<string>();
    return readingOf(
        list.map((item: unknown, index) => {
            const read = readEntry(item, index + 1, limits);
            if ("field" in read) return read;
            if (seen.has(read.id)) return secondOf(read.id);
            seen.add(read.id);
            return read;
        }),
    );
}

/** What entries come to that were read one by one. */
export function readingOf(entries: Iterable<Grant | Unusable>): Reading {
    const grants: Grant[] = [];
    const unusable: Unusable[] = [];
    for (const entry of entries) {
        if ("field" in entry) unusable.push(entry);
        else grants.push(entry);
    }
    return { grants, unusable };
}

/** An entry whose id another one has that stands before it. */
export function secondOf(id: string): Unusable {
    return leftOut(id, "id", "an earlier grant has this id");
}

const moment = z.string({ error: momentProblem }).transform((text, context) => {
    const ms = parseMoment(text);
    if (ms === undefined) context.addIssue({ code: "custom", message: momentProblem({ input: text }) });
    return ms ?? z.NEVER;
});

const text = (longest: number) =>
    z.string({ error: "is not a text" }).max(longest, `is longer than ${longest} characters`);

const label = z.union([z.string(), z.number(), z.boolean()], { error: "a label is a text, a number or a boolean" });

const NO_IP = "is not an address, a CIDR, a range a-b, or a list of 1 to 100 of these";

const entry = z.object(
    {
        id: z
            .union([z.string(), z.int({ error: idProblem })], { error: idProblem })
            .transform(String)
            .refine((id) => id !== "" && id.length <= 200, "is empty or longer than 200 characters"),
        user: text(320).nullish(),
        ip: z.union([z.string(), z.array(z.string()).min(1, NO_IP).max(100, NO_IP)], { error: NO_IP }),
        startsAt: moment.nullish(),
        expiresAt: moment.nullish(),
        permanent: z.boolean({ error: "is neither true nor false" }).nullish(),
        reason: text(1000).nullish(),
        labels: z.record(z.string(), label, { error: "is not a map such as { app: payroll }" }).nullish(),
    },
    { error: "is not a grant with fields such as id, ip and expiresAt" },
);

function idProblem({ input }: { readonly input?: unknown }): string {
    const what = input == null ? "is missing" : "is neither a text nor a whole number";
    return `${what}; every grant needs an id of its own`;
}

function momentProblem({ input }: { readonly input?: unknown }): string {
    return `${quote(input)} is not a moment with a time zone, such as 2026-12-01T18:00:00Z`;
}

/**
 * Reads one entry of a document.
 *
 * @param position Names an entry without an id: 3 for the third one.
 */
export function readEntry(item: unknown, position: number, limits: DocumentLimits): Grant | Unusable {
    const { success, data, error } = entry.safeParse(item);
    if (!success) {
        const [issue] = error.issues;
        return leftOut(nameOf(item, position), String(issue?.path[0] ?? "id"), issue?.message ?? "cannot be read");
    }
    const { id, user, startsAt, expiresAt, permanent, reason, labels } = data;
    const when = timeProblem(startsAt ?? undefined, expiresAt ?? undefined, permanent ?? false);
    if (when !== undefined) return leftOut(id, "expiresAt", when);
    const { spans, problem } = readSpans(data.ip, limits);
    if (problem !== undefined) return leftOut(id, "ip", problem);
    return {
        id,
        spans,
        labels: Object.fromEntries(Object.entries(labels ?? {}).map(([key, value]) => [key, String(value)])),
        ...(user != null && { user }),
        ...(startsAt != null && { startsAtMs: startsAt }),
        ...(expiresAt != null && { expiresAtMs: expiresAt }),
        ...(reason != null && { reason }),
    };
}

function leftOut(id: string, field: string, reason: string): Unusable {
    return { id, field, reason };
}

function nameOf(item: unknown, position: number): string {
    const id = (item as { id?: unknown } | null)?.id;
    return (typeof id === "string" && id !== "") || typeof id === "number"
        ? String(id).slice(0, 200)
        : `grant ${position}`;
}

/** A grant without an end, or with two, is somebody's mistake: it lets nobody in until it is mended. */
function timeProblem(startsAtMs: number | undefined, expiresAtMs: number | undefined, permanent: boolean) {
    if (permanent)
        return expiresAtMs === undefined ? undefined : "is given although the grant is permanent: keep one of the two";
    if (expiresAtMs === undefined)
        return "is missing; give a moment such as 2026-12-01T18:00:00Z, or say permanent: true";
    if (startsAtMs !== undefined && startsAtMs >= expiresAtMs) return "is not after startsAt";
    return undefined;
}

function readSpans(ip: string | readonly string[], limits: DocumentLimits): { spans: Span[]; problem?: string } {
    const spans: Span[] = [];
    for (const text of typeof ip === "string" ? [ip] : ip) {
        const { span, problem } = parseSpan(text.trim());
        if (span === undefined) return { spans, problem };
        const tooWide = widthProblem(text, span, limits);
        if (tooWide !== undefined) return { spans, problem: tooWide };
        spans.push(span);
    }
    return { spans };
}

/** Wider than the limit, by its number of addresses, so that a range cannot say what a CIDR may not. */
function widthProblem(text: string, span: Span, { widestPrefix }: DocumentLimits): string | undefined {
    const most = 2 ** (32 - Math.max(1, widestPrefix));
    if (sizeOf(span) <= most) return undefined;
    return `${quote(text)} holds ${sizeOf(span)} addresses; at most ${most} (a /${widestPrefix}) may be granted at once`;
}
