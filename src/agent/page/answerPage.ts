import { html } from "./markup";
import { messagePage } from "./messagePage";
import type { PageAssets } from "./statusPage";

export interface AnswerPageOptions {
    readonly heading: string;
    /** The reason, as a sentence without a full stop. */
    readonly sentence: string;
    /** The URL of the page with the form. */
    readonly back: string;
    readonly assets: Pick<PageAssets, "style">;
}

/** The answer to a form that was refused, with a link back. */
export function answerPage({ heading, sentence, back, assets }: AnswerPageOptions): string {
    const content = html`<h1>${heading}</h1>
<p class="lead"><bdi>${sentence}</bdi>.</p>
<p><a href="${back}">Back to the status page</a></p>`;
    return messagePage(heading, content, assets);
}
