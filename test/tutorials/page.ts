import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "../support/run";

/** What a reader of a tutorial does or sees, in the order of the page. */
export type Step =
    | { readonly kind: "file"; readonly name: string; readonly text: string }
    /** Typed first in each terminal that is opened later. */
    | { readonly kind: "every-terminal"; readonly text: string }
    /** `status` is what the page says of it. @default 0 */
    | { readonly kind: "command"; readonly text: string; readonly goesOn: boolean; readonly status: number }
    | { readonly kind: "sign-in"; readonly url: string; readonly login: string }
    /** Words of the page in the browser. */
    | { readonly kind: "quote"; readonly text: string }
    /** Lines of the command before, or of the agent. */
    | { readonly kind: "output"; readonly of: "command" | "agent"; readonly lines: readonly string[] };

/**
 * The steps of a page of docs. A fence is a file where the sentence before it says "as `NAME`:", output where it is `text`, and a
 * command where it is `sh`.
 */
export function stepsOf(page: string): readonly Step[] {
    const text = readFileSync(join(ROOT, page), "utf8");
    const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$|^> ([^\n]+)$|^Open <(\S+)> and sign in as `(\S+)`/gms)];
    return blocks.map((block, index) => {
        const [, language, fenced = "", quote, url, login] = block;
        if (quote !== undefined) return { kind: "quote", text: quote };
        if (url !== undefined && login !== undefined) return { kind: "sign-in", url, login };
        const previous = blocks[index - 1];
        const said = text.slice((previous?.index ?? 0) + (previous?.[0].length ?? 0), block.index);
        const [, name] = /as `([\w.]+)`:\s*$/.exec(said) ?? [];
        if (name !== undefined) return { kind: "file", name, text: fenced };
        if (language === "text") {
            const of = /agent's terminal/.test(said) ? "agent" : "command";
            return { kind: "output", of, lines: fenced.trimEnd().split("\n") };
        }
        if (/every terminal/.test(said)) return { kind: "every-terminal", text: fenced.trimEnd() };
        const [, status = "0"] = /exit status is (\d)/.exec(said) ?? [];
        return {
            kind: "command",
            text: fenced.trimEnd(),
            goesOn: /leave it running/.test(said),
            status: Number(status),
        };
    });
}
