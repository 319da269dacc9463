import type { MembershipSettings } from "../core/settings/agentSettings";
import { parseSourceSpec } from "../sources/settings/parseSource";
import type { SourceSpec } from "../sources/settings/sourceSpec";

/**
 * The same text for memberships that have one source, whatever their limits make of it: a grant of one is the grant of the
 * same id of another one, and the removal brake judges them together. What is pushed, or read from an org's log, is kept
 * for each membership that names the source itself.
 *
 * @throws `bad-input` for a source that is none
 */
export function sourceIdentity({ source, sourceOf, name, org }: MembershipSettings): string {
    const spec: SourceSpec = parseSourceSpec(source);
    const owner = sourceOf === "all" ? "" : name;
    if (spec.type === "webhook") return JSON.stringify([spec, owner]);
    return JSON.stringify(spec.type === "okta-log" ? [spec, owner, org] : [spec]);
}
