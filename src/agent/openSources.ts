import type { CheckedClock } from "../checkedClock";
import { fail } from "../core/errors/errors";
import { quote } from "../core/errors/quote";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/settings/parseSource";
import type { SourceSpec } from "../sources/settings/sourceSpec";
import type { GrantSource } from "../sources/source";
import type { Environment } from "./environment";
import { type SharedSource, shareSource } from "./grants/sharedSource";
import { isFolderShared } from "./memory/agentMemory";
import { folderOf } from "./memory/folderOf";
import type { Org } from "./org";
import { sourceIdentity } from "./sourceIdentity";

export interface OpenSourcesOptions extends Pick<Environment, "directory" | "env"> {
    readonly time: CheckedClock;
}

/** The sources of an agent, each open for as long as a membership uses it. */
export interface Sources {
    /** @throws `bad-input` for a source that cannot be used */
    use(membership: MembershipSettings, process: Pick<AgentSettings, "state" | "leader">, org: Org): UsedSource;
}

export interface UsedSource {
    /** The source for one membership, and the source itself. */
    readonly member: GrantSource;
    readonly whole: GrantSource;
    readonly type: SourceSpec["type"];
    /** See sourceIdentity. */
    readonly identity: string;
    /** Closes it, unless another membership uses it. */
    leave(): Promise<void>;
}

interface Opened {
    readonly source: GrantSource;
    readonly shared: SharedSource;
    readonly limits: string;
    /** The first membership that used it. */
    readonly by: string;
    users: number;
}

export function openSources({ directory, env, time }: OpenSourcesOptions): Sources {
    const opened = new Map<string, Opened>();
    const orgs = new Map<Org, number>();

    function keyOf(spec: SourceSpec, folder: string, limits: string, org: Org): string {
        if (spec.type === "webhook") return JSON.stringify([spec, folder]);
        if (!orgs.has(org)) orgs.set(org, orgs.size);
        return JSON.stringify(spec.type === "okta-log" ? [spec, folder, orgs.get(org)] : [spec, limits]);
    }

    return {
        use(membership, process, org) {
            const spec = parseSourceSpec(membership.source);
            const { widestPrefix, allowUnroutable } = membership.rules;
            const limits = { widestPrefix, allowUnroutable };
            const state = membership.sourceOf === "all" ? process.state : folderOf(process.state, membership.name);
            const key = keyOf(spec, state, JSON.stringify(limits), org);
            let found = opened.get(key);
            if (found === undefined) {
                const isStateShared = isFolderShared(process);
                const source = openSource(spec, {
                    directory,
                    env,
                    ...time,
                    limits,
                    state,
                    isStateShared,
                    okta: org.http,
                });
                const shared = shareSource(source, time);
                found = { source, shared, limits: JSON.stringify(limits), by: membership.name, users: 0 };
                opened.set(key, found);
            }
            if (found.limits !== JSON.stringify(limits)) {
                const names = `${quote(found.by)} and ${quote(membership.name)}`;
                fail(
                    "bad-input",
                    `the memberships ${names} share a source of type ${spec.type}, which is read by one set of limits: give both the same widestPrefix and allowUnroutable`,
                );
            }
            return use(key, found, spec.type, sourceIdentity(membership));
        },
    };

    function use(key: string, found: Opened, type: SourceSpec["type"], identity: string): UsedSource {
        found.users++;
        return {
            member: found.shared.member(),
            whole: found.source,
            type,
            identity,
            async leave() {
                found.users--;
                if (found.users > 0) return;
                opened.delete(key);
                await found.source.close?.();
            },
        };
    }
}
