import type { CodeRow } from "../../core/errors/codeRow";
import { html } from "./markup";
import { messagePage } from "./messagePage";
import type { PageAssets } from "./statusPage";

/** The page of an error code. It names the page in the documentation, which says more and is not in the package. */
export function codePage({ code, name, meaning, remedy }: CodeRow, assets: Pick<PageAssets, "style">): string {
    const content = html`<p class="note">${code}, ${name}</p>
<h1>${meaning}</h1>
<p class="lead">${remedy}</p>
<p class="note">More: docs/errors/${code}.md of Zonekeeper.</p>
<p><a href="../">Back to the status page</a></p>`;
    return messagePage(code, content, assets);
}
