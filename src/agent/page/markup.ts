import { printable } from "../../core/errors/quote";

/** A piece of HTML that is safe to put into a page. */
export interface Markup {
    readonly markup: string;
}

export type Piece = string | number | Markup | undefined | readonly Piece[];

const ENTITIES: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

/**
 * HTML in which every value is escaped as text, unless it is markup itself. A value may be
 * between tags, or in a quoted attribute: there, nothing in it
 * can end the text or the attribute.
 *
 * @example
 * html`<p title="${'"'}">${"<b>"}</p>`.markup // => <p title="&quot;">&lt;b&gt;</p>
 */
export function html(texts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
    return { markup: texts.reduce((page, text, index) => page + markupOf(values[index - 1]) + text) };
}

function markupOf(piece: Piece): string {
    if (piece === undefined) return "";
    if (typeof piece === "string" || typeof piece === "number") {
        return printable(String(piece)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
    }
    return isList(piece) ? piece.map(markupOf).join("") : piece.markup;
}

function isList(piece: Markup | readonly Piece[]): piece is readonly Piece[] {
    return Array.isArray(piece);
}
