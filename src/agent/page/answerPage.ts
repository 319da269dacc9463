import { html } from "./markup";
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
    return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Zonekeeper: ${heading}</title>
<style>${{ markup: assets.style }}</style>
</head>
<body>
<main class="message">
<h1>${heading}</h1>
<p class="lead"><bdi>${sentence}</bdi>.</p>
<p><a href="${back}">Back to the status page</a></p>
</main>
</body>
</html>
`.markup;
}
