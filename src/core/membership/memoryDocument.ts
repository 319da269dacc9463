import { z } from "zod";

import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { exchanged } from "../grants/exchanged";
import type { Grant } from "../grants/grants";
import { visitEach, type Work } from "../work";
import { type Instant, type Memory, passedMs, type Remembered } from "./memory";

/** A memory; if a standby wrote it, with the copy of the leader that it continues. */
export interface RememberedInFile extends Remembered {
    readonly follows?: string;
}

/** A memory, and the moment at which it is written. */
export interface WrittenMemory extends RememberedInFile {
    readonly written: Instant;
}

/** The version of the document; a file of another version is renamed. */
const FORMAT = 2;

export type TextOf = (grant: Grant) => string;

/** About so many characters are in a piece. */
const PIECE = 65_536;

/** The whole memory as one line of JSON, without its end, in pieces. */
export function* wholeText(remembered: WrittenMemory, textOf: TextOf): Work<string[]> {
    const { grants } = remembered.memory;
    const pieces: string[] = [];
    let piece = `${JSON.stringify({ format: FORMAT, ...headOf(remembered) }).slice(0, -1)},"grants":[`;
    yield* visitEach(grants, 4, (grant, index) => {
        piece += index === 0 ? textOf(grant) : `,${textOf(grant)}`;
        if (piece.length < PIECE) return;
        pieces.push(piece);
        piece = "";
    });
    return [...pieces, `${piece}]}`];
}

/**
 * The memory as a change of the previous one, if few of many grants changed: `splice` is the index in the list of grants, how
 * many are replaced, and the new ones.
 *
 *   {"source":…,"readAtMs":…,"written":…,"memory":{…},"splice":[41,1,[{"id":"g-42",…}]]}
 *
 * @returns undefined if too much changed
 */
export function changeText(before: readonly Grant[], remembered: WrittenMemory, textOf: TextOf): string | undefined {
    const { grants } = remembered.memory;
    const { head, old, fresh } = exchanged(before, grants);
    if (old.length + fresh.length > grants.length / 16) return undefined;
    const splice = `[${head},${old.length},[${fresh.map(textOf).join(",")}]]`;
    return `${JSON.stringify(headOf(remembered)).slice(0, -1)},"splice":${splice}}`;
}

/** All but the grants. */
function headOf({ source, readAtMs, memory: { grants: _, removals, ...memory }, follows, written }: WrittenMemory) {
    return {
        source,
        readAtMs: readAtMs ?? null,
        written,
        ...(follows !== undefined && { follows }),
        memory: {
            ...memory,
            ended: memory.ended.map(formatSpan),
            staticGateways: memory.staticGateways.map(formatSpan),
            unknown: Object.fromEntries(
                Object.entries(memory.unknown).map(([id, spans]) => [id, spans.map(formatSpan)]),
            ),
            removals: removals.map(({ atMs, ...rest }) => ({ ...rest, agoMs: written.elapsedMs - atMs })),
            ...(memory.confirmation && {
                confirmation: { ...memory.confirmation, spans: memory.confirmation.spans.map(formatSpan) },
            }),
        },
    };
}

export function entryOf({ spans, ...grant }: Grant) {
    return { ...grant, ip: spans.map(formatSpan) };
}

const span = z.string().transform((text, context): Span => {
    const { span, problem } = parseSpan(text);
    if (span === undefined) context.addIssue({ code: "custom", message: problem });
    return span ?? z.NEVER;
});
const spans = z.array(span);

const grant = z.object({
    id: z.string(),
    user: z.string().optional(),
    ip: spans,
    startsAtMs: z.number().optional(),
    expiresAtMs: z.number().optional(),
    reason: z.string().optional(),
    labels: z.record(z.string(), z.string()),
    request: z.string().optional(),
});

const HEAD = z.object({
    source: z.string(),
    readAtMs: z.number().nullable(),
    written: z.object({ wallMs: z.number(), elapsedMs: z.number() }),
    follows: z.string().optional(),
    memory: z.object({
        ended: spans,
        staticGateways: spans,
        unknown: z.record(z.string(), spans),
        held: z.array(z.string()),
        nameless: z.number().optional(),
        removals: z.array(z.object({ item: z.string(), agoMs: z.number(), how: z.enum(["counted", "named"]) })),
        confirmation: z
            .object({ items: z.array(z.string()), spans, by: z.string(), reason: z.string().optional() })
            .optional(),
    }),
});

const WHOLE = HEAD.extend({ format: z.literal(FORMAT), grants: z.array(grant) });

const CHANGE = HEAD.extend({
    splice: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative(), z.array(grant)]),
});

/** One host writes no two copies at one moment of both clocks. */
export function copyOf({ wallMs, elapsedMs }: Instant): string {
    return `${wallMs}-${elapsedMs}`;
}

/**
 * Reads the lines of a file: the whole memory, and the changes since.
 *
 * @throws a ZodError or a SyntaxError for a damaged file
 */
export function rememberedIn([first = "", ...changes]: readonly string[], now: Instant): RememberedInFile {
    const whole = WHOLE.parse(JSON.parse(first));
    let [head, grants]: [z.output<typeof HEAD>, Grant[]] = [whole, whole.grants.map(grantIn)];
    for (const line of changes) {
        const { splice, ...next } = CHANGE.parse(JSON.parse(line));
        const [at, count, fresh] = splice;
        if (at + count > grants.length) throw new SyntaxError("a change of grants that are not there");
        head = next;
        grants = grants.toSpliced(at, count, ...fresh.map(grantIn));
    }
    return rememberedOf(head, grants, now);
}

function rememberedOf(
    { source, readAtMs, written, follows, memory }: z.output<typeof HEAD>,
    grants: readonly Grant[],
    now: Instant,
): RememberedInFile {
    const writtenAtMs = now.elapsedMs - passedMs(written, now);
    const { removals, confirmation, ...rest } = memory;
    const kept: Memory = {
        ...rest,
        ...(confirmation && { confirmation }),
        grants,
        removals: removals.map(({ agoMs, ...removal }) => ({ ...removal, atMs: writtenAtMs - agoMs })),
    };
    return {
        source,
        readAtMs: readAtMs ?? undefined,
        copy: copyOf(written),
        ...(follows !== undefined && { follows }),
        memory: kept,
    };
}

/** Without keys for missing values, as in a reading, with which it is compared. */
function grantIn({ ip, user, startsAtMs, expiresAtMs, reason, request, ...rest }: z.output<typeof grant>): Grant {
    return {
        ...rest,
        spans: ip,
        ...(user !== undefined && { user }),
        ...(startsAtMs !== undefined && { startsAtMs }),
        ...(expiresAtMs !== undefined && { expiresAtMs }),
        ...(reason !== undefined && { reason }),
        ...(request !== undefined && { request }),
    };
}
