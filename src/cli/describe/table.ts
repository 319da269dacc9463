import { oneLine } from "../../core/errors/quote";

/** A table for a terminal: indented by four, a line of headings, and two spaces between columns. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
    const lines = [headings, ...rows.map((row) => row.map(oneLine))];
    const widths = headings.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? "").length)));
    return lines
        .map((cells) =>
            `    ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join("  ")}`.trimEnd(),
        )
        .join("\n");
}
