import ipaddr from "ipaddr.js";
import { parseSpan, type Span, sizeOf } from "../addresses/ip";
import { separateSpans } from "../addresses/spans";
import { fail } from "../errors/errors";
import { quote } from "../errors/quote";

/** A cell of Okta, in which orgs are hosted, with the addresses of its servers. */
export interface Cell {
    /** As the file spells it: `us_cell_7`. */
    readonly name: string;
    /** CIDRs as they were published, sorted and disjoint. */
    readonly spans: readonly Span[];
}

/** The content of Okta's file of ranges. */
export interface OktaRanges {
    /** By name, `us_cell_2` before `us_cell_10`; at least one of them has an address. */
    readonly cells: readonly Cell[];
    /** IPv6 entries, which none of the output formats supports. */
    readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
    readonly cell: string;
    readonly entry: string;
}

/** Twelve times as many as in July 2026, and the default size of an ipset. */
const MOST_ENTRIES = 60_000;

/** There were 24 in July 2026. */
const MOST_CELLS = 1000;

/** The widest plausible network; the widest that Okta published was a /29. */
const WIDEST_PREFIX = 8;

/** The name is used in comments of generated files. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Reads Okta's file, or the output of `ranges --json`.
 *
 *   document                                       gives
 *   {"us_cell_1": {"ip_ranges": ["1.2.3.4/32"]}}   the cell, as Okta publishes it
 *   {"cells": {"us_cell_1": ["1.2.3.4/32"]}}       the same cell, as we print it
 *   "1.2.3.4"                                      1.2.3.4/32
 *   an entry twice, or one within another          the wider one, once
 *   "2001:db8::/32"                                left out, and reported
 *   a cell without entries                         the cell, empty
 *   {} or no address in all of it                  refused: never an empty answer
 *   a list, a text, a cell without "ip_ranges"     refused
 *   "1.2.3.4/24", "1.2.3.4-1.2.3.9", 7, "x"        refused, with cell and number of the entry
 *   "0.0.0.0/0", anything wider than a /8          refused
 *   a cell whose name is not a word                refused
 *
 * @throws `ranges-unreadable`; the message has no subject, which the caller adds
 */
export function readOktaRanges(document: unknown): OktaRanges {
    const lists = listsIn(document);
    const entries = lists.reduce((sum, [, { length }]) => sum + length, 0);
    if (lists.length > MOST_CELLS) return unreadable(`it has ${lists.length} cells, more than ${MOST_CELLS}`);
    if (entries > MOST_ENTRIES) return unreadable(`it has ${entries} entries, more than ${MOST_ENTRIES}`);
    const leftOut: LeftOut[] = [];
    const cells = lists.map(([name, list]): Cell => {
        const spans = list.flatMap((entry, index) => {
            if (typeof entry === "string" && isIpv6(entry)) leftOut.push({ cell: name, entry });
            else return readEntry(entry, `cell ${name}, entry ${index + 1}`);
            return [];
        });
        return { name, spans: separateSpans(spans) };
    });
    if (cells.every(({ spans }) => spans.length === 0)) return unreadable("it lists no address at all");
    return { cells: cells.sort((a, b) => compareNames(a.name, b.name)), leftOut };
}

/** Orders names as people count: `us_cell_2` before `us_cell_10`. */
export function compareNames(a: string, b: string): number {
    return a.localeCompare(b, "en", { numeric: true });
}

type Lists = readonly (readonly [name: string, list: readonly unknown[]])[];

function listsIn(document: unknown): Lists {
    const whole = fieldsOf(document) ?? unreadable(`it is ${quote(document)} and not an object of cells`);
    const ours = Object.keys(whole).join() === "cells" ? fieldsOf(whole.cells) : undefined;
    const isOurs = ours !== undefined && Object.values(ours).every(Array.isArray);
    return Object.entries(isOurs ? ours : whole).map(([name, value]) => {
        if (!NAME.test(name)) return unreadable(`${quote(name)} is not the name of a cell, such as us_cell_1`);
        const list = isOurs ? value : fieldsOf(value)?.ip_ranges;
        return Array.isArray(list)
            ? [name, list]
            : unreadable(`the cell ${quote(name)} has no list "ip_ranges": it has to be Okta's document of ranges`);
    });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function isIpv6(entry: string): boolean {
    return entry.includes(":") && (ipaddr.IPv6.isValid(entry) || ipaddr.IPv6.isValidCIDR(entry));
}

function readEntry(entry: unknown, where: string): Span {
    if (typeof entry !== "string" || entry.includes("-")) {
        return unreadable(`${where}: ${quote(entry)} is not an address or a CIDR`);
    }
    const { span, problem } = parseSpan(entry);
    if (span === undefined) return unreadable(`${where}: ${problem}`);
    if (sizeOf(span) > 2 ** (32 - WIDEST_PREFIX)) {
        return unreadable(`${where}: ${quote(entry)} is wider than a /${WIDEST_PREFIX}`);
    }
    return span;
}

function unreadable(problem: string): never {
    return fail("ranges-unreadable", problem);
}
