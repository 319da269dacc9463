import type { AgentView } from "../status/view";
import { heldDigest } from "./heldDigest";
import { html, type Markup } from "./markup";
import { countHeld } from "./who";

/**
 * The form that confirms held removals; empty while nothing is held. It contains a digest of the list that the reader saw,
 * so that a list that has changed in the meantime is not confirmed.
 *
 * @param membership The membership; empty if the agent has only one.
 * @param way Whether the agent has a token, which confirming requires.
 */
export function confirmSection(view: AgentView, way: "token" | "no-token", membership = ""): Markup {
    const { held } = view;
    if (held.length === 0) return html`<div data-live="confirm"></div>`;
    return html`<div data-live="confirm"><section class="confirm" aria-labelledby="confirm">
<h2 id="confirm" tabindex="-1">Confirm the removal of ${countHeld(held.length, view)}</h2>
${way === "token" ? form(held, membership) : html`<p>This agent has no token, and without one nobody can confirm: set <code>token: env:NAME</code> in its configuration.</p>`}
</section></div>`;
}

function form(held: readonly string[], membership: string): Markup {
    return html`<form method="post" action="api/confirm">
<p class="note">They are out at once, and the ledger says by whom and why. Confirm only what is meant: where a source is broken, mend it.</p>
<input type="hidden" name="seen" value="${heldDigest(held)}">
${membership === "" ? undefined : html`<input type="hidden" name="membership" value="${membership}">`}
<div class="fields">
<p><label for="confirm-token">The agent's token</label><input id="confirm-token" name="token" type="password" required autocomplete="off"></p>
<p><label for="confirm-by">Your name</label><input id="confirm-by" name="by" required maxlength="200" autocomplete="name"></p>
<p><label for="confirm-reason">Reason</label><input id="confirm-reason" name="reason" required maxlength="500" autocomplete="off"></p>
</div>
<button type="submit">Confirm the removal</button>
</form>`;
}
