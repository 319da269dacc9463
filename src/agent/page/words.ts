import { codeNamed } from "../../core/errors/codes";
import { CODES, type CodeName } from "../../core/errors/codeTable";
import { html, type Markup } from "./markup";
import { clipped } from "./who";

/** The page that says what a code means and what to do: see addErrorPages. */
export function codeLink(code: string): Markup {
    return html`<a class="code" href="errors/${code}">${code}</a>`;
}

export function linkOfName(name: string): Markup {
    const row = CODES.find((each) => each.name === name);
    return row === undefined ? html`<span class="id">${name}</span>` : codeLink(codeNamed(row.name as CodeName).code);
}

/** A message of the agent, with a link for each code in it, such as `[ZK103]`. */
export function withCodes(text: string): readonly Markup[] {
    return clipped(text)
        .split(/\[(ZK\d{3})\]/)
        .map((part, index) => (index % 2 === 1 ? codeLink(part) : html`<bdi>${part}</bdi>`));
}

/** The id and the name of a zone. */
interface NamedZone {
    readonly id: string;
    readonly name: string;
}

/** A text in which zones are called by their names, in quotes, instead of by their ids. */
export function withZoneNames(text: string, zones: readonly NamedZone[]): string {
    return zones.reduce((named, { id, name }) => {
        if (id === "" || name === "" || name === id) return named;
        return named.replace(new RegExp(`(?<![\\w-])${escaped(id)}(?![\\w-])`, "g"), () => `"${clipped(name)}"`);
    }, text);
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
