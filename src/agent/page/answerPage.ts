import { html } from "./markup";
import { messagePage } from "./messagePage";
import type { PageAssets } from "./statusPage";

export interface AnswerPageOptions {
    readonly heading: string;
    /** Why, as a sentence without a full stop. */
    readonly sentence: string;
    /** From where the page was asked for. */
    readonly back: string;
    readonly assets: Pick<PageAssets, "style">;
}

/** The answer to a form that was not carried out, with the way back. */
export function answerPage({ heading, sentence, back, assets }: AnswerPageOptions): string {
    const content = html`<h1>${heading}</h1>
<p class="lead"><bdi>${sentence}</bdi>.</p>
<p><a href="${back}">Back to the status page</a></p>`;
    return messagePage(heading, content, assets);
}
