import { html, type Markup } from "./markup";
import type { PageAssets } from "./statusPage";

/** A page with one message. @param title Follows "Zonekeeper: ". */
export function messagePage(title: string, content: Markup, { style }: Pick<PageAssets, "style">): string {
    return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Zonekeeper: ${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main class="message">
${content}
</main>
</body>
</html>
`.markup;
}
