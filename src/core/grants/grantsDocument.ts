import { z } from "zod";
import type { Span } from "../addresses/ip";
import { fail } from "../errors/errors";
import { quote } from "../errors/quote";
import { finish, type Work } from "../work";
import { grantsListOf } from "./documentShape";
import { excessIn } from "./entrySize";
import { misspellings } from "./fieldNames";
import { type DocumentLimits, readAddresses } from "./grantAddresses";
import type { Grant } from "./grants";
import { parseMoment } from "./moment";
import { possibleAddresses } from "./possibleAddresses";

/** What a source said: the grants in it that can be used, and why each of the others cannot. */
export interface Reading {
    readonly grants: readonly Grant[];
    readonly unusable: readonly Unusable[];
    /** Ids about which the source made a statement of their own. Undefined for a source that only sends everything. */
    readonly named?: NamedIds;
}

/** What a webhook pushed grant by grant, in contrast to what a full snapshot has or lacks. */
export interface NamedIds {
    /** The latest statement about the id is a `grant.set`, usable or not. */
    readonly set: ReadonlySet<string>;
    /** The latest statement about the id is a `grant.removed`. A later full snapshot without the id does not change that. */
    readonly removed: ReadonlySet<string>;
}

/** An entry that was left out of a document: it admits nobody, and the others do not suffer for it. */
export interface Unusable {
    /** The grant's id, or `grant 3` for the third entry when it has none. */
    readonly id: string;
    /** Whether it has no id that can be read, so that it may stand for any grant that is not there. @default false */
    readonly isNameless?: true;
    /** The field to mend, such as `expiresAt`. */
    readonly field: string;
    readonly reason: string;
    /** The addresses that the entry is, or may be, about; see possibleAddresses. */
    readonly spans?: readonly Span[];
    /** Whom it names, where that can be read. */
    readonly user?: string;
}

/** An unusable entry as JSON output has it: `spans` are for decisions only. */
export type ReportedUnusable = Pick<Unusable, "id" | "field" | "reason">;

export function reportUnusable(unusable: readonly Unusable[]): ReportedUnusable[] {
    return unusable.map(({ id, field, reason }) => ({ id, field, reason }));
}

/**
 * Reads a grants document (interface of the product, section "Grants"):
 *
 *   { "grants": [{ "id": "g1", "ip": "203.0.113.7", "expiresAt": "2026-12-01T18:00:00Z" }] }
 *
 * An unusable entry is left out and reported. A document of another shape, one that is only a part of all grants, and
 * one with entries of which none is usable are unreadable, which is not the same as a document without grants.
 *
 * @throws `source-unreadable`
 */
export function readGrantsDocument(document: unknown, limits: DocumentLimits): Reading {
    return requireUsable(readEntries(grantsListOf(document), limits));
}

/** Reads the entries of a document. Here nobody minds if none is usable. */
export function readEntries(list: readonly unknown[], limits: DocumentLimits): Reading {
    return finish(readingEntries(list, limits));
}

/** The same, in slices. */
export function* readingEntries(list: Iterable<unknown>, limits: DocumentLimits): Work<Reading> {
    const readEntry = entryReader(limits);
    const seen = new Set<string>();
    const grants: Grant[] = [];
    const unusable: Unusable[] = [];
    let position = 0;
    for (const item of list) {
        position += 1;
        const read = readEntry(item, position);
        if ("field" in read) unusable.push(read);
        else if (seen.has(read.id)) unusable.push(secondOf(read));
        else {
            seen.add(read.id);
            grants.push(read);
        }
        yield READING_COST;
    }
    return { grants, unusable };
}

/** Of one entry, see Work. One with a thousand fields costs a hundred times as much, which is still little. */
export const READING_COST = 10;

/**
 * The reading, unless all of its entries are unusable: then the source writes something in another way than before,
 * and nobody has lost a grant.
 *
 * @throws `source-unreadable`
 */
export function requireUsable(reading: Reading): Reading {
    const problem = reading.grants.length > 0 ? undefined : unusableProblem(reading.unusable);
    return problem === undefined ? reading : fail("source-unreadable", problem);
}

/** A sentence on entries that are all unusable; undefined where there are none. */
export function unusableProblem(unusable: readonly Unusable[]): string | undefined {
    if (unusable.length === 0) return undefined;
    const shown = unusable.slice(0, 2).map(({ id, field, reason }) => `${quote(id)}: ${field} ${reason}`);
    const more = unusable.length > shown.length ? "; …" : "";
    const whole =
        unusable.length === 1 ? "its only entry is unusable" : `none of its ${unusable.length} entries is usable`;
    return `${whole}: ${shown.join("; ")}${more}`;
}

/** A grant whose id another entry before it has. */
export function secondOf({ id, spans, user }: Grant): Unusable {
    return { ...leftOut(id, "id", "an earlier grant has this id"), spans, ...(user !== undefined && { user }) };
}

const moment = z.string({ error: momentProblem }).transform((text, context) => {
    const ms = parseMoment(text);
    if (ms === undefined) context.addIssue({ code: "custom", message: momentProblem({ input: text }) });
    return ms ?? z.NEVER;
});

/** A text, or a number that nobody put in quotes: 4711. One such as 007 comes as a text, as it was written. */
const textOf = (error: (issue: { readonly input?: unknown }) => string) =>
    z.union([z.string(), z.number()], { error }).transform(String);

const text = (longest: number) =>
    textOf(({ input }) => unquoted(input) ?? "is not a text").refine(
        (value) => value.length <= longest,
        `is longer than ${longest} characters`,
    );

/** What is wrong with a value that would be a text in quotes: `yes` is a text in YAML, and `true` is not. */
function unquoted(input: unknown): string | undefined {
    return typeof input === "boolean" ? `is ${input}, which is no text; put it in quotes` : undefined;
}

const label = z.union([z.string(), z.number(), z.boolean()], { error: "a label is a text, a number or a boolean" });

const NO_IP = "is not an address, a CIDR, a range a-b, or a list of 1 to 100 of these";

const NO_GRANT = "is not a grant with fields such as id, ip and expiresAt";

const entry = z.object(
    {
        id: textOf(idProblem).refine((id) => id !== "" && id.length <= 200, "is empty or longer than 200 characters"),
        user: text(320).nullish(),
        ip: z.union([z.string(), z.array(z.string()).min(1, NO_IP).max(100, NO_IP)], { error: NO_IP }),
        startsAt: moment.nullish(),
        expiresAt: moment.nullish(),
        permanent: z.boolean({ error: "is neither true nor false" }).nullish(),
        reason: text(1000).nullish(),
        labels: z.record(z.string(), label, { error: "is not a map such as { app: payroll }" }).nullish(),
    },
    { error: NO_GRANT },
);

function idProblem({ input }: { readonly input?: unknown }): string {
    const what = input == null ? "is missing" : "is neither a text nor a number";
    return unquoted(input) ?? `${what}; every grant needs an id of its own`;
}

function momentProblem({ input }: { readonly input?: unknown }): string {
    return `${quote(input)} is not a moment with a time zone, such as 2026-12-01T18:00:00Z`;
}

/**
 * A reader of entries, one by one.
 *
 * @param limits Which grants are usable.
 * @returns a function whose `position` names an entry without an id: 3 for the third one.
 */
export function entryReader(limits: DocumentLimits): (item: unknown, position: number) => Grant | Unusable {
    const read = withoutUser(limits);
    return (item, position) => {
        const entry = read(item, position);
        return "field" in entry ? { ...entry, ...userIn(item) } : entry;
    };
}

/** Whom an unusable entry names, if only for whoever asks why this person is not inside. */
function userIn(item: unknown): Pick<Unusable, "user"> {
    const { data } = entry.shape.user.safeParse((item as { readonly user?: unknown } | null | undefined)?.user);
    return data == null ? {} : { user: data };
}

function withoutUser(limits: DocumentLimits): (item: unknown, position: number) => Grant | Unusable {
    const misspellingIn = misspellings();
    return (item, position) => {
        if (typeof item !== "object" || item === null || Array.isArray(item)) {
            return { ...identityOf(undefined, position), field: "id", reason: NO_GRANT, ...addressesIn(item, limits) };
        }
        const excess = excessIn(item);
        if (excess !== undefined) {
            return { ...identityOf(item, position), ...excess, ...addressesIn(item, limits) };
        }
        const misspelling = misspellingIn(item);
        if (misspelling === undefined) return readEntry(item, position, limits);
        const { name, meant } = misspelling;
        const reason = `is not a field of a grant; did you mean ${meant}?`;
        return { ...identityOf(item, position), field: name, reason, ...addressesIn(item, limits) };
    };
}

function readEntry(item: unknown, position: number, limits: DocumentLimits): Grant | Unusable {
    const { success, data, error } = entry.safeParse(item);
    if (!success) {
        const [issue] = error.issues;
        const field = String(issue?.path[0] ?? "id");
        const reason = issue?.message ?? "cannot be read";
        return { ...identityOf(item, position), field, reason, ...addressesIn(item, limits) };
    }
    const { id, user, startsAt, expiresAt, permanent, reason, labels } = data;
    const { spans, problem } = readAddresses(data.ip, limits);
    const when = timeProblem(startsAt ?? undefined, expiresAt ?? undefined, permanent ?? false);
    if (when !== undefined) return { ...leftOut(id, "expiresAt", when), ...addressesIn(item, limits) };
    if (problem !== undefined) return { ...leftOut(id, "ip", problem), ...addressesIn(item, limits) };
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

/** The addresses that an unusable entry is, or may be, about. */
function addressesIn(item: unknown, limits: DocumentLimits): Pick<Unusable, "spans"> {
    const { success, data } = entry.shape.ip.safeParse((item as { readonly ip?: unknown } | null | undefined)?.ip);
    const read = success ? readAddresses(data, limits) : undefined;
    const spans = read !== undefined && read.problem === undefined ? read.spans : possibleAddresses(item, limits);
    return spans.length > 0 ? { spans } : {};
}

function identityOf(item: unknown, position: number): Pick<Unusable, "id" | "isNameless"> {
    const id = (item as { id?: unknown } | null)?.id;
    const hasName = (typeof id === "string" && id !== "") || typeof id === "number";
    return hasName ? { id: String(id).slice(0, 200) } : { id: `grant ${position}`, isNameless: true };
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
