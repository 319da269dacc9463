import { quote } from "../../core/errors/quote";
import { DEFAULT } from "../../core/settings/agentSettings";
import type { AgentView, MembershipView } from "../status/view";
import { withFields } from "../status/withFields";
import type { ServerOptions } from "./types";

type Views = Pick<ServerOptions, "view" | "memberships">;

/** Each of the memberships; the only one is called `default`. */
export function membershipsOf({ view, memberships }: Views): readonly MembershipView[] {
    return memberships?.() ?? [withFields(view(), { name: DEFAULT, org: DEFAULT })];
}

/** Whether a request is about all memberships. */
export function isOfAll(name: unknown): boolean {
    return name === undefined || name === "";
}

/**
 * The view that a request with `?membership=NAME` is about.
 *
 * @returns the view of all for a request without a name; a sentence for an unknown name
 */
export function viewFor(options: Views, name: unknown): { readonly view: AgentView } | { readonly problem: string } {
    if (isOfAll(name)) return { view: options.view() };
    const all = membershipsOf(options);
    const found = all.find((membership) => membership.name === name);
    if (found !== undefined) return { view: found };
    const names = all.map((membership) => membership.name).join(", ");
    return { problem: `there is no membership ${quote(String(name).slice(0, 80))}; there is ${names}` };
}
