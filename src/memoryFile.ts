import { z } from "zod";

import type { Clock } from "./clock";
import { formatSpan, parseSpan, type Span } from "./core/addresses/ip";
import { fail } from "./core/errors/errors";
import type { Grant } from "./core/grants/grants";
import { type Instant, type MemoryStore, passedMs, type Remembered } from "./core/membership/memory";
import { readIfThere, setAside, writeDurably } from "./durable";

export interface MemoryFileOptions {
    readonly path: string;
    readonly clock: Pick<Clock, "now" | "elapsedMs">;
    /** Hears that the file cannot be used, in a sentence. */
    readonly onSetAside: (sentence: string) => void;
    /** `read`: for a look that leaves everything as it is. @default "write" */
    readonly mode?: "read" | "write";
    /** See `writeDurably`. */
    readonly writer?: string;
}

/** A memory that says, where one that stands by wrote it, which copy of the leader's it goes on from. */
export interface RememberedInFile extends Remembered {
    readonly follows?: string;
}

export interface MemoryFile extends MemoryStore {
    read(): Promise<RememberedInFile | undefined>;
    write(remembered: Remembered, follows?: string): Promise<string>;
}

/** The layout of the file; another one is set aside. */
const FORMAT = 2;

/**
 * Keeps the memory in a file as JSON:
 *
 *   { "format": 2, "source": "file grants.yaml", "readAtMs": 1796126400000, "written": { "wallMs": …, "elapsedMs": … },
 *     "memory": { "staticGateways": [], "unknown": { "nzo1…": ["203.0.113.7/32"] }, … },
 *     "grants": [{ "id": "g1", "ip": ["203.0.113.7/32"], "expiresAtMs": 1796148000000, "labels": {} }] }
 *
 * A file that is not what was written is set aside under another name, as nothing in it can be trusted: the
 * membership then meets its zones as for the first time, which evicts nobody.
 */
export function memoryFile({ path, clock, onSetAside, mode = "write", writer }: MemoryFileOptions): MemoryFile {
    // Most grants are the very same objects in the next memory: each is written as text once.
    const texts = new WeakMap<Grant, string>();
    const textOf = (grant: Grant) => {
        const text = texts.get(grant) ?? JSON.stringify(entryOf(grant));
        texts.set(grant, text);
        return text;
    };
    return {
        async read() {
            const text = await readIfThere(path).catch((cause: NodeJS.ErrnoException) =>
                cause.code === "EISDIR" ? "" : fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
            );
            if (text === undefined) return undefined;
            try {
                return rememberedIn(JSON.parse(text), { wallMs: clock.now(), elapsedMs: clock.elapsedMs() });
            } catch (error) {
                onSetAside(sentenceOn(path, error, mode === "read" ? "left" : await setAside(path)));
                return undefined;
            }
        },
        async write({ source, readAtMs, memory: { grants, removals, ...memory } }, follows?: string) {
            const elapsedMs = clock.elapsedMs();
            const written = { wallMs: clock.now(), elapsedMs };
            const head = JSON.stringify({
                format: FORMAT,
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
                    removals: removals.map(({ atMs, ...rest }) => ({ ...rest, agoMs: elapsedMs - atMs })),
                    ...(memory.confirmation && {
                        confirmation: { ...memory.confirmation, spans: memory.confirmation.spans.map(formatSpan) },
                    }),
                },
            }).slice(0, -1);
            await writeDurably(path, `${head},"grants":[${grants.map(textOf).join(",")}]}\n`, writer);
            return copyOf(written);
        },
    };
}

function sentenceOn(path: string, error: unknown, aside: string | undefined): string {
    const [issue] = (error as Partial<z.ZodError>).issues ?? [];
    const field = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
    const why = issue === undefined ? "it is cut off or damaged" : `${field}${issue.message}`;
    const places: Readonly<Record<string, string>> = { left: "", none: " and cannot be moved away" };
    const where = places[aside ?? "none"] ?? ` and was set aside as ${aside}`;
    return (
        `${path} cannot be used (${why})${where}: nothing is remembered of the zones, ` +
        "so entries that no grant admits are held until somebody confirms them"
    );
}

function entryOf({ spans, ...grant }: Grant) {
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

const DOCUMENT = z.object({
    format: z.literal(FORMAT),
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
    grants: z.array(grant),
});

/** One host writes no two copies at one moment of both clocks. */
function copyOf({ wallMs, elapsedMs }: Instant): string {
    return `${wallMs}-${elapsedMs}`;
}

/** @throws a ZodError that says what is not as it was written */
function rememberedIn(document: unknown, now: Instant): RememberedInFile {
    const { source, readAtMs, written, follows, memory, grants } = DOCUMENT.parse(document);
    const writtenAtMs = now.elapsedMs - passedMs(written, now);
    const { removals, confirmation, ...rest } = memory;
    return {
        source,
        readAtMs: readAtMs ?? undefined,
        copy: copyOf(written),
        ...(follows !== undefined && { follows }),
        memory: {
            ...rest,
            ...(confirmation && { confirmation }),
            grants: grants.map(grantIn),
            removals: removals.map(({ agoMs, ...removal }) => ({ ...removal, atMs: writtenAtMs - agoMs })),
        },
    };
}

/** Without the keys of what it lacks, as a reading has it: a grant is compared with that. */
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
