import { oneLine } from "../../core/errors/quote";
import { ecsOf } from "./ecs";
import type { LedgerEvent, Line } from "./line";
import type { Told } from "./read";

export type Format = "text" | "jsonl" | "csv" | "ecs";

export const FORMATS: readonly Format[] = ["text", "jsonl", "csv", "ecs"];

/** The first line of an export in CSV. */
export const CSV_HEADER = "seq,at,type,zone,write,user,grant,add,remove,detail,hash";

/**
 * Formats a line of a ledger.
 *
 *   format  what
 *   text    a line for people
 *   jsonl   the unchanged line, which can be verified
 *   csv     a row for a spreadsheet
 *   ecs     JSON in the names of the Elastic Common Schema
 */
export function formatLine({ line, text }: Told, format: Format): string {
    switch (format) {
        case "text":
            return `${line.at}  ${line.seq}  ${line.event.type}${detailsOf(line.event)}`;
        case "jsonl":
            return text;
        case "csv":
            return rowOf(line);
        case "ecs":
            return JSON.stringify(ecsOf(line));
    }
}

/** The fields of an event without its type, one after the other. */
function detailsOf({ type: _, ...fields }: LedgerEvent): string {
    return Object.entries(fields)
        .map(([name, value]) => `  ${name}=${worded(value)}`)
        .join("");
}

/** The most items of a list that a line for people shows. */
const MOST_SHOWN = 5;

function worded(value: unknown): string {
    if (Array.isArray(value)) {
        const shown = value.slice(0, MOST_SHOWN).map(worded).join(",");
        return value.length > MOST_SHOWN ? `${shown},… (${value.length})` : shown;
    }
    if (typeof value !== "object" || value === null) return fieldText(String(value));
    return `(${Object.values(value).map(worded).join(" ")})`;
}

/** A value on the line of its event; in quotes if it could be taken for the next field. */
function fieldText(text: string): string {
    return / {2}|^"/.test(text) ? JSON.stringify(oneLine(text)) : oneLine(text);
}

function rowOf({ seq, at, hash, event }: Line): string {
    const { type, zone, write, user, id, changes, ...rest } = { ...event } as { readonly [name: string]: unknown };
    const changed = (Array.isArray(changes) ? changes : []) as readonly Changed[];
    const of = (change: string) => changed.filter((each) => each.change === change).map(({ address }) => address);
    const grants = changed.flatMap((each) => each.grants);
    const users =
        user === undefined ? grants.flatMap((grant) => (grant.user === undefined ? [] : [grant.user])) : [user];
    const ids = id === undefined ? grants.map((grant) => grant.id) : [id];
    const cells = [
        type,
        zone,
        write,
        list(users),
        list(ids),
        list(of("add")),
        list(of("remove")),
        JSON.stringify(rest),
    ];
    return [seq, at, ...cells, hash].map(cellOf).join(",");
}

interface Changed {
    readonly address: string;
    readonly change: string;
    readonly grants: readonly { readonly id: string; readonly user?: string }[];
}

function list(values: readonly unknown[]): string {
    return [...new Set(values)].join(" ");
}

/** Quoted as RFC 4180 says. A text that a spreadsheet would take for a formula gets an apostrophe. */
function cellOf(value: unknown): string {
    const text = value === undefined ? "" : oneLine(String(value));
    const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
