import { fail } from "../errors/errors";
import { quote } from "../errors/quote";
import type { AgentSettings } from "./agentSettings";

type Document = Readonly<Record<string, unknown>>;

/**
 * An agent's configuration without `portal:`, which the portal reads, and with the portal's store for each source that names
 * none: `{ type: portal }` stands for the portal of the same file.
 */
export function withoutPortal(document: unknown): unknown {
    if (!isDocument(document)) return document;
    const { portal, ...rest } = document;
    const store = isDocument(portal) ? portal.store : undefined;
    const { source, memberships } = rest;
    return {
        ...rest,
        ...(source !== undefined && { source: withStore(source, store) }),
        ...(Array.isArray(memberships) && {
            memberships: memberships.map((each) =>
                isDocument(each) && each.source !== undefined
                    ? { ...each, source: withStore(each.source, store) }
                    : each,
            ),
        }),
    };
}

function withStore(source: unknown, store: unknown): unknown {
    if (source === "portal" && store !== undefined) return { type: "portal", store };
    if (!isDocument(source) || source.type !== "portal" || source.store !== undefined || store === undefined)
        return source;
    return { ...source, store };
}

/**
 * The grants of a portal have to end by a limit of the agent's own: an attacker in the portal must not be able to let
 * somebody in for ever.
 *
 * @throws `bad-input`
 */
export function requireTimeToLive({ memberships, form }: AgentSettings): void {
    for (const { name, source, rules } of memberships) {
        const isPortal = isDocument(source) && source.type === "portal";
        if (!isPortal || rules.timeToLive.maxMs !== undefined) continue;
        const of = form === "one" ? "" : ` of the membership ${quote(name)}`;
        fail(
            "bad-input",
            `the setting limits.maxTimeToLive${of} is missing: a source of type portal needs it, such as 24h`,
        );
    }
}

function isDocument(value: unknown): value is Document {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
