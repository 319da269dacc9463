import type { Span } from "../addresses/ip";
import { fail } from "../errors/errors";
import { quote } from "../errors/quote";
import { finish, type Work } from "../work";
import { grantsListOf } from "./documentShape";
import { ENTRY, NO_GRANT, timeProblem } from "./entrySchema";
import { excessIn } from "./entrySize";
import { misspellings } from "./fieldNames";
import { type DocumentLimits, readAddresses } from "./grantAddresses";
import type { Grant } from "./grants";
import { possibleAddresses } from "./possibleAddresses";

/** The result of reading a source: the usable grants, and why each of the other entries is not usable. */
export interface Reading {
    readonly grants: readonly Grant[];
    readonly unusable: readonly Unusable[];
    /** The ids that the source set or removed one by one. Undefined for a source that only gives all grants. */
    readonly named?: NamedIds;
}

/** The ids that a webhook pushed grant by grant, in contrast to those that a full snapshot has or lacks. */
export interface NamedIds {
    /** The latest event for the id is a `grant.set`, usable or not. */
    readonly set: ReadonlySet<string>;
    /** The latest event for the id is a `grant.removed`. A later full snapshot without the id does not change that. */
    readonly removed: ReadonlySet<string>;
}

/** An entry that was left out of a document. It admits no user, and does not affect the other entries. */
export interface Unusable {
    /** The grant's id, or `grant 3` for the third entry when it has none. */
    readonly id: string;
    /** Whether it has no readable id, or that of an earlier entry, so that it may be any of the grants that are missing. @default false */
    readonly isNameless?: true;
    /** Whether it is unusable only until Okta has said who its user is. @default false */
    readonly isPending?: true;
    /** The field to correct, such as `expiresAt`. */
    readonly field: string;
    readonly reason: string;
    /** The addresses that the entry contains, or may mean; see possibleAddresses. */
    readonly spans?: readonly Span[];
    /** Its user, if that field can be read. */
    readonly user?: string;
}

/** An unusable entry in JSON output, which does not contain what only decisions need. */
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

/** Reads the entries of a document, also if none of them is usable. */
export function readEntries(list: readonly unknown[], limits: DocumentLimits): Reading {
    return finish(readingEntries(list, limits));
}

/** As readEntries, in slices. */
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

/** The cost of one entry, see Work. An entry with a thousand fields costs a hundred times as much, which is still little. */
export const READING_COST = 10;

/**
 * The reading, unless all of its entries are unusable: then the format of the source has probably changed, which must not
 * end every grant.
 *
 * @throws `source-unreadable`
 */
export function requireUsable(reading: Reading): Reading {
    const problem = reading.grants.length > 0 ? undefined : unusableProblem(reading.unusable);
    return problem === undefined ? reading : fail("source-unreadable", problem);
}

/** A sentence about entries that are all unusable; undefined for an empty list. */
export function unusableProblem(unusable: readonly Unusable[]): string | undefined {
    if (unusable.length === 0) return undefined;
    const shown = unusable.slice(0, 2).map(({ id, field, reason }) => `${quote(id)}: ${field} ${reason}`);
    const more = unusable.length > shown.length ? "; …" : "";
    const whole =
        unusable.length === 1 ? "its only entry is unusable" : `none of its ${unusable.length} entries is usable`;
    return `${whole}: ${shown.join("; ")}${more}`;
}

/** A grant that is left out because an earlier entry has the same id. */
export function secondOf({ id, spans, user }: Grant): Unusable {
    return {
        ...leftOut(id, "id", "an earlier grant has this id"),
        isNameless: true,
        spans,
        ...(user !== undefined && { user }),
    };
}

/**
 * Makes a function that reads one entry.
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

/** The user of an unusable entry, for the answer to why this user has no access. */
function userIn(item: unknown): Pick<Unusable, "user"> {
    const { data } = ENTRY.shape.user.safeParse((item as { readonly user?: unknown } | null | undefined)?.user);
    return data == null ? {} : { user: data };
}

/** Ignored, it could leave out a `startsAt`, and so admit a user too early. Source: Merge Key Language-Independent Type for YAML 1.1. */
const MERGE_KEY = "<<";

const NO_MERGE =
    "is a merge key of YAML 1.1, which is not read; write its fields in the entry, or use aliases for values";

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
        if (Object.hasOwn(item, MERGE_KEY)) {
            return { ...identityOf(item, position), field: MERGE_KEY, reason: NO_MERGE, ...addressesIn(item, limits) };
        }
        const misspelling = misspellingIn(item);
        if (misspelling === undefined) return readEntry(item, position, limits);
        const { name, meant } = misspelling;
        const reason = `is not a field of a grant; did you mean ${meant}?`;
        return { ...identityOf(item, position), field: name, reason, ...addressesIn(item, limits) };
    };
}

function readEntry(item: unknown, position: number, limits: DocumentLimits): Grant | Unusable {
    const { success, data, error } = ENTRY.safeParse(item);
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
    const { success, data } = ENTRY.shape.ip.safeParse((item as { readonly ip?: unknown } | null | undefined)?.ip);
    const read = success ? readAddresses(data, limits) : undefined;
    const spans = read !== undefined && read.problem === undefined ? read.spans : possibleAddresses(item, limits);
    return spans.length > 0 ? { spans } : {};
}

function identityOf(item: unknown, position: number): Pick<Unusable, "id" | "isNameless"> {
    const id = (item as { id?: unknown } | null)?.id;
    const hasName = (typeof id === "string" && id !== "") || typeof id === "number";
    return hasName ? { id: String(id).slice(0, 200) } : { id: `grant ${position}`, isNameless: true };
}
