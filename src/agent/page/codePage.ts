import type { CodeRow } from "../../core/errors/codeRow";
import { html } from "./markup";
import type { PageAssets } from "./statusPage";

/** What a code means. Its page in the documentation says more; it is named, since a package has no documentation. */
export function codePage({ code, name, meaning, remedy }: CodeRow, assets: Pick<PageAssets, "style">): string {
    return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Zonekeeper: ${code}</title>
<style>${{ markup: assets.style }}</style>
</head>
<body>
<main class="message">
<p class="note">${code}, ${name}</p>
<h1>${meaning}</h1>
<p class="lead">${remedy}</p>
<p class="note">More: docs/errors/${code}.md of Zonekeeper.</p>
<p><a href="../">Back to the status page</a></p>
</main>
</body>
</html>
`.markup;
}
