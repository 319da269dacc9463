import { formatSpan } from "../../addresses/ip";
import { type Cut, networksOf } from "../networks";
import type { Cell } from "../oktaRanges";

/** The input of a format. */
export interface View {
    readonly cells: readonly Cell[];
    readonly cut: Cut;
    /** Where the file came from: `okta_ip_ranges.json`, or a URL without its query. */
    readonly from: string;
    /** The day of the file, in UTC: `2026-07-01`; undefined where nobody knows. */
    readonly asOf: string | undefined;
    /** The command that made this. */
    readonly command: string;
}

/** The whole text of a file, or why there is none: the end of a sentence that begins with the format. */
export type Formatted =
    | { readonly text: string; readonly problem?: never }
    | { readonly problem: string; readonly text?: never };

/** The networks of all cells together, as texts. */
export function networkTexts({ cells, cut }: View): string[] {
    return networksOf(cells, cut).map(formatSpan);
}

/** `us_cell_7`, or how many there are where the names would fill a line. */
export function cellsText({ cells }: View): string {
    return cells.length <= 4 ? cells.map(({ name }) => name).join(", ") : `${cells.length} cells`;
}

/** The lines that begin a file of a consumer that takes comments. A line end in a path cannot end the comment. */
export function header(view: View, notes: readonly string[] = []): string[] {
    const { cells, from, asOf, command } = view;
    const count = networksOf(cells, view.cut).length;
    return [
        `Okta's own addresses: ${cells.map(({ name }) => name).join(", ")}`,
        `${count === 1 ? "1 network" : `${count} networks`} from ${from}${asOf === undefined ? "" : `, as of ${asOf}`}`,
        `Made by: ${command}`,
        ...notes,
    ].map((line) => `# ${line.replace(/\p{Cc}/gu, " ")}`);
}

/** Lines as a file: each with its end. */
export function file(...lines: readonly string[]): Formatted {
    return { text: `${lines.join("\n")}\n` };
}
