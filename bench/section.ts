import { table } from "../src/cli/describe/table";
import type { Summary } from "./measure";

/** What every measure is given. */
export interface Bench {
    /** The checkout. */
    readonly directory: string;
    /** An empty folder of the measure's own, which is removed at the end. */
    readonly scratch: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Milliseconds of a clock that never goes back. */
    readonly now: () => number;
}

/** One measure's figures, ready for print. */
export interface Section {
    readonly title: string;
    /** Of the first column, which says what was measured, and of the figures. */
    readonly headings: readonly string[];
    readonly rows: readonly (readonly string[])[];
    /** What the figures are of, in lines. */
    readonly note: readonly string[];
}

/** The headings of what `figures` gives. */
export const FIGURES = ["minimum", "median", "maximum"] as const;

export function figures({ min, median, max }: Summary): string[] {
    return [min, median, max].map(figure);
}

/** Three digits that say something: `0.12`, `4.56`, `78.9`, `1234`. */
export function figure(value: number): string {
    return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

export function thousands(value: number): string {
    return value.toLocaleString("en-US");
}

/** The section as text. Columns of figures end below each other, the others begin so. */
export function describe({ title, headings, rows, note }: Section): string {
    const widths = headings.map((heading, column) => {
        const cells = rows.map((row) => row[column] ?? "");
        const isFigures = cells.every((cell) => /^[\d.,]*$/.test(cell));
        return isFigures ? Math.max(...[heading, ...cells].map(({ length }) => length)) : 0;
    });
    const aligned = (row: readonly string[]) => row.map((cell, column) => cell.padStart(widths[column] ?? 0));
    const below = note.map((line) => `    ${line}\n`).join("");
    return `${title}\n\n${table(aligned(headings), rows.map(aligned))}\n\n${below}`;
}
