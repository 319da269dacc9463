import { formatAddress, formatSpan } from "../../addresses/ip";
import { cutCells } from "../networks";
import { type Formatted, file, header, networkTexts, type View } from "./view";

/** One network a line, under its cell; aggregated, one list of them all. */
export function text(view: View): Formatted {
    if (view.cut === "aggregated") return file(...header(view), ...networkTexts(view));
    const sections = cutCells(view.cells, view.cut).flatMap(({ name, spans }) => [
        "",
        `# ${name}: ${spans.length}`,
        ...spans.map(formatSpan),
    ]);
    return file(...header(view), ...sections);
}

/** The promised document, `{"cells": {"us_cell_7": […]}}`, a network a line so that a diff shows which one changed. */
export function json(view: View): Formatted {
    return { text: `${JSON.stringify({ cells: cellTexts(view) }, undefined, 1)}\n` };
}

export function cellTexts({ cells, cut }: View): Record<string, readonly string[]> {
    return Object.fromEntries(cutCells(cells, cut).map(({ name, spans }) => [name, spans.map(formatSpan)]));
}

/** With a heading and no comments, for a spreadsheet or a database. */
export function csv(view: View): Formatted {
    const rows = cutCells(view.cells, view.cut).flatMap(({ name, spans }) =>
        spans.map((span) => [name, formatSpan(span), formatAddress(span.low), formatAddress(span.high)].join(",")),
    );
    return file("cell,network,first,last", ...rows);
}
