import { codeNamed } from "../../core/errors/codes";
import { html } from "./markup";
import { messagePage } from "./messagePage";
import { hrefOf, readPageQuery } from "./query";
import type { PageAssets } from "./statusPage";
import { clipped } from "./who";

/** The page for a membership that the agent does not have. @param name As it was asked for. */
export function noMembershipPage(name: unknown, names: readonly string[], assets: Pick<PageAssets, "style">): string {
    const links = names.map(
        (each) => html`<li><a href="${hrefOf({ ...readPageQuery({}), membership: each })}"><bdi>${each}</bdi></a></li>`,
    );
    const content = html`<p class="note">404 [${codeNamed("bad-input").code}]</p>
<h1>There is no membership <bdi>${clipped(String(name))}</bdi></h1>
<p class="lead">The agent has:</p>
<ul>${links}</ul>
<p><a href="./">Back to the status page</a></p>`;
    return messagePage("no such membership", content, assets);
}
