import { strict as assert } from "node:assert";
import fc from "fast-check";

import { html } from "../../../src/agent/page/markup";

describe("html", () => {
    it("takes every value as text, but markup as it is", () => {
        const inner = html`<b>${"<&>"}</b>`;
        assert.equal(
            html`<p title="${`"'`}">${inner}${["x", 1, undefined, [inner]]}</p>`.markup,
            '<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b>x1<b>&lt;&amp;&gt;</b></p>',
        );
    });

    it("lets no text out of its place, and loses nothing of it", () => {
        const hostile = fc
            .array(fc.constantFrom("<", ">", '"', "'", "&", "amp;", "script", "é", " "))
            .map((parts) => parts.join(""));
        fc.assert(
            fc.property(hostile, (text) => {
                const { markup } = html`${text}`;
                assert.doesNotMatch(markup, /[<>"']/);
                assert.equal(plain(markup), text);
            }),
        );
    });
});

function plain(markup: string): string {
    const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
    return markup.replace(/&(lt|gt|quot|#39|amp);/g, (_all, name: string) => named[name] ?? "");
}
