import Table from "cli-table3";

import { oneLine } from "../core/errors/quote";

/** A table for a terminal: a line of headings, and two spaces between columns. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
    const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "" };
    const more = {
        "bottom-left": "",
        "bottom-right": "",
        left: "    ",
        right: "",
        mid: "",
        "mid-mid": "",
        "left-mid": "",
    };
    const drawn = new Table({
        head: [...headings],
        chars: { ...none, ...more, "right-mid": "", middle: "  " },
        style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    });
    drawn.push(...rows.map((row) => row.map(oneLine)));
    return drawn.toString().replace(/ +$/gm, "");
}
