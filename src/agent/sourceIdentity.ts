import type { MembershipSettings } from "../core/settings/agentSettings";
import { parseSourceSpec } from "../sources/settings/parseSource";
import type { SourceSpec } from "../sources/settings/sourceSpec";

/**
 * Identifies a source: equal for memberships that share one. A grant with the same id is then the same grant, and the
 * removal brake counts them together. What is pushed, or read from an org's log, is stored for each membership that names
 * the source itself.
 *
 * @throws `bad-input` for an invalid source
 */
export function sourceIdentity({ source, sourceOf, name, org }: MembershipSettings): string {
    const spec: SourceSpec = parseSourceSpec(source);
    const owner = sourceOf === "all" ? "" : name;
    if (spec.type === "webhook") return JSON.stringify([spec, owner]);
    return JSON.stringify(spec.type === "okta-log" ? [spec, owner, org] : [spec]);
}
