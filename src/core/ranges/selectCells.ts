import { fail } from "../errors/errors";
import { nearest } from "../errors/nearest";
import { quote } from "../errors/quote";
import { CELL_OF_ORG, GROUPS } from "./oktaCells";
import type { Cell } from "./oktaRanges";

export interface Selection {
    /** Each once, in the order of the file; at least one has an address. */
    readonly cells: readonly Cell[];
    /** Cells of a group that the file does not have, or not with an address. */
    readonly missing: readonly string[];
}

/**
 * The cells with the given names. Case is ignored.
 *
 *   name                      gives
 *   us_cell_7                 that cell of the file
 *   OK7, op3                  the cell that Okta's support says it is
 *   production, emea, hipaa,
 *   apac, preview, …          the cells of the group that the file has; the others are missing
 *   none at all               every cell of the file
 *   us_cel_7, OK13            refused, with the nearest name and the list
 *   a cell without addresses  refused
 *
 * @throws `bad-input`
 */
export function selectCells(cells: readonly Cell[], names: readonly string[]): Selection {
    if (names.length === 0) return { cells, missing: [] };
    const wanted = new Map(names.flatMap((name) => cellsNamed(name, cells)));
    const chosen = cells.filter(({ name, spans }) => wanted.has(name) && spans.length > 0);
    const missing = [...wanted.keys()].filter((wantedName) => !chosen.some(({ name }) => name === wantedName));
    const required = missing.find((name) => wanted.get(name) === "required");
    if (required !== undefined) return fail("bad-input", `cell ${required} has no addresses in this file`);
    if (chosen.length === 0) return fail("bad-input", `the file has none of ${missing.join(", ")}; ${listOf(cells)}`);
    return { cells: chosen, missing };
}

/**
 * The cell of the file for what an org calls its own. @throws `bad-input` where that is not known, or not in the file
 */
export function cellOfOrg(orgCell: string, cells: readonly Cell[]): string {
    const name = entryOf(CELL_OF_ORG, orgCell) ?? orgCell;
    const found = cells.find((cell) => isSame(cell.name, name));
    if (found !== undefined) return found.name;
    if (name !== orgCell) {
        return fail(
            "bad-input",
            `the org is in the cell ${quote(orgCell)}, which is ${name}, and not in this file; ${listOf(cells)}`,
        );
    }
    const unknown = `the org is in the cell ${quote(orgCell)}, and which one that is in the file is not known`;
    return fail("bad-input", `${unknown}: ask Okta, and name it with --cell; ${listOf(cells)}`);
}

type Named = readonly [cell: string, how: "required" | "in a group"];

function cellsNamed(name: string, cells: readonly Cell[]): Named[] {
    const text = name.trim();
    const wanted = entryOf(CELL_OF_ORG, text) ?? text;
    const exact = cells.find((cell) => isSame(cell.name, wanted));
    if (exact !== undefined) return [[exact.name, "required"]];
    const group = entryOf(GROUPS, text);
    if (group !== undefined) return group.map((cell) => [cell, "in a group"]);
    const known = [...cells.map((cell) => cell.name), ...Object.keys(GROUPS)];
    const guess = nearest(text, known);
    const hint = guess === undefined ? "" : `did you mean ${guess}? `;
    return fail("bad-input", `there is no cell ${quote(text)}: ${hint}${listOf(cells)}`);
}

function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
    const key = name.toLowerCase();
    return Object.hasOwn(table, key) ? table[key] : undefined;
}

function listOf(cells: readonly Cell[]): string {
    const names = cells.map(({ name }) => name).join(", ");
    return `there are ${names}, and the groups ${Object.keys(GROUPS).join(", ")}`;
}

function isSame(a: string, b: string): boolean {
    return a.toLowerCase() === b.toLowerCase();
}
