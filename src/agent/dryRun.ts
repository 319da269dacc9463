import { resolve } from "node:path";

import { type CheckedClock, openCheckedClock, zonesInTime } from "../checkedClock";
import type { Clock } from "../clock";
import { fail, isCoded } from "../core/errors/errors";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import { findOkta } from "../okta/connection";
import { httpGroups } from "../okta/groups";
import { type OktaHttp, oktaHttp } from "../okta/http";
import { httpZones } from "../okta/zones/httpZones";
import { zoneLock } from "../okta/zones/zoneLock";
import { type Round, reconcile } from "../reconcile";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/settings/parseSource";
import type { GrantSource } from "../sources/source";
import { openAgentDenials } from "./denials/open";
import { besideMates, type Mate, matesOf } from "./dryRunMates";
import { type Environment, plainOrSecret } from "./environment";
import { type GroupRound, openGroupDryRun } from "./group/groupDryRun";
import { groupFile } from "./group/groupFile";
import { agentMemory } from "./memory/agentMemory";
import { folderOf } from "./memory/folderOf";
import { findingOf } from "./orgConnection";
import { movedRefusal } from "./reconciler/movedGrants";
import { readSettingsFile } from "./settingsFile";

export interface DryRunOptions extends Environment {
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
    /** Receives warnings, each a sentence. */
    readonly onWarning: (sentence: string) => void;
    /** `write`: writes the zones and the memory. @default "plan" */
    readonly mode?: "plan" | "write";
    /** Releases what would be held. @default false */
    readonly isConfirmed?: boolean;
    readonly signal: AbortSignal;
}

/** The configuration at a path, which may be relative to the directory. @throws `bad-input` */
export function readConfiguration(path: string, { directory }: Pick<Environment, "directory">): Promise<AgentSettings> {
    return readSettingsFile(resolve(directory, path));
}

/** A dry run of a round, with that of the group to which the grants are bound. */
export type DryRound = Round & { readonly group?: GroupRound };

/**
 * What the first round of an agent would do for one of its memberships, with its state folder. Nothing is written unless
 * the mode says so, and the lock is not requested.
 *
 * @throws `bad-input`, `source-unreadable`, `okta-*`, `zone-*`
 */
export async function dryRun(
    membership: MembershipSettings,
    settings: AgentSettings,
    options: DryRunOptions,
): Promise<DryRound> {
    const { directory, clock, onWarning, mode = "plan", isConfirmed = false, signal } = options;
    const { rules } = membership;
    if (mode === "write" && membership.group !== undefined) fail("bad-input", ONLY_AN_AGENT);
    const access = mode === "plan" ? "read" : "write";
    const time = openCheckedClock(clock);
    const okta = askOrg(membership.org, settings, time, options);
    const source = openSourceOf(membership, settings, { ...options, time, okta, access });
    const denials = await openAgentDenials(settings, options);
    const memoryOf = ({ name, zones }: MembershipSettings, onWarning: (sentence: string) => void) => {
        const stateOf = { ...settings, state: folderOf(settings.state, name), zones };
        return agentMemory(stateOf, { directory, clock: time, onWarning, mode: access });
    };
    try {
        const memory = memoryOf(membership, onWarning);
        const remembered = await memory.read();
        const asked = { time, directory, settings, signal, onWarning: ignored };
        const ofMate = (mate: MembershipSettings): Mate => ({
            mate,
            memory: memoryOf(mate, ignored),
            bind: bindingOf(mate, () => ({ ...asked, okta: askOrg(mate.org, settings, time, options) })),
        });
        const by = { memory: remembered?.memory, denials: denials.list(), clock: time };
        const mates = matesOf(membership, settings).map(ofMate);
        const { said, moved, others } = await besideMates(source, membership, mates, by, signal);
        const group = await groupOf(membership, { ...asked, okta, onWarning });
        const remembering = { denials: denials.list(), remembered: remembered?.memory?.grants ?? [] };
        const round = await reconcile({
            ...((await group?.bind(said, remembering)) ?? { source: said, denials: denials.list() }),
            zones: zonesInTime(httpZones(okta), time, onWarning),
            lock: zoneLock(),
            zoneIds: membership.zones,
            rules,
            firstContact: membership.firstContact,
            endsSessions: membership.onRevoke === "clear-sessions",
            ...(others && { others }),
            memory: { ...memory, read: async () => remembered },
            clock: time,
            signal,
            mode,
            isConfirmed,
        });
        const planned = group?.plan(round);
        return {
            ...round,
            refused: [...round.refused, ...moved.map(movedRefusal)],
            ...(planned !== undefined && { group: planned }),
        };
    } finally {
        await source.close?.();
    }
}

interface SourceOfOptions extends DryRunOptions {
    readonly time: CheckedClock;
    readonly okta: OktaHttp;
    readonly access: "read" | "write";
}

function openSourceOf(membership: MembershipSettings, settings: AgentSettings, options: SourceOfOptions): GrantSource {
    const { directory, env, time, okta, access } = options;
    const { widestPrefix, allowUnroutable } = membership.rules;
    const state = membership.sourceOf === "all" ? settings.state : folderOf(settings.state, membership.name);
    const limits = { widestPrefix, allowUnroutable };
    return openSource(parseSourceSpec(membership.source), {
        directory,
        env,
        ...time,
        limits,
        okta,
        state,
        mode: access,
    });
}

/** Problems of the other memberships are reported by their own dry runs. */
const ignored = () => {};

function askOrg(org: string, settings: AgentSettings, time: CheckedClock, options: DryRunOptions): OktaHttp {
    const { env, oktaUrl, onWarning } = options;
    const secret = (text: string) => plainOrSecret(text, options);
    const connection = findOkta(findingOf(org, settings, { env, oktaUrl, secret }));
    const asking = connection.isHttpProxy ? (options.directFetch ?? options.fetch) : options.fetch;
    return oktaHttp({ connection, ...time, fetch: time.hearing(asking), onWait: onWarning });
}

const ONLY_AN_AGENT =
    "its grants are bound to the users of a group, which only an agent keeps: run zonekeeper agent, or add --dry-run";

interface GroupOfOptions {
    readonly okta: OktaHttp;
    readonly time: Clock;
    readonly directory: string;
    readonly settings: AgentSettings;
    readonly onWarning: (sentence: string) => void;
    readonly signal: AbortSignal;
}

/** The group of a membership; undefined where the grants are not bound to users. */
async function groupOf(membership: MembershipSettings, options: GroupOfOptions) {
    const { group } = membership;
    if (group === undefined) return undefined;
    const { okta, time, directory, settings, onWarning, signal } = options;
    const path = resolve(directory, folderOf(settings.state, membership.name), "group.json");
    return openGroupDryRun({
        settings: { ...membership, group },
        store: httpGroups(okta, okta),
        file: groupFile({ path, group, onWarning, mode: "read" }),
        clock: time,
        signal,
    });
}

/** How another membership binds the source to its group; undefined where its grants are not bound to users. */
function bindingOf(mate: MembershipSettings, asked: () => GroupOfOptions): Mate["bind"] {
    if (mate.group === undefined) return undefined;
    return async (source, binding) => {
        try {
            const group = await groupOf(mate, asked());
            return await group?.bind(source, binding);
        } catch (error) {
            if (!isCoded(error)) throw error;
            return undefined;
        }
    };
}
