import { isDeepStrictEqual } from "node:util";

import type { Clock } from "../clock";
import { isTransient } from "../core/errors/errors";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import type { RecordEvent } from "./events/events";
import { type Member, newMember, openMemberWork, type Work, withRestarts } from "./memberWork";
import type { OpenMembership } from "./openMembership";
import type { Failure } from "./reconciler/failures";
import { changedSettings } from "./settingsChanges";
import { combinedView } from "./status/combinedView";
import type { AgentView, MembershipView } from "./status/view";
import { withFields } from "./status/withFields";

export interface MembershipsOptions {
    readonly settings: AgentSettings;
    /** @throws `bad-input` for settings that cannot be used */
    readonly open: (membership: MembershipSettings, settings: AgentSettings) => OpenMembership;
    /** The configuration as it is now. @throws `bad-input` */
    readonly read: () => Promise<AgentSettings>;
    readonly record: RecordEvent;
    readonly clock: Clock;
    /** Receives the result of a reload, in a sentence. */
    readonly onReloaded: (outcome: "reloaded" | "kept", sentence: string) => void;
    /** Called when one of several memberships is paused after a failure; the others continue. */
    readonly onFailed: (membership: string, failure: Failure) => void;
}

/** The memberships of the current configuration; none of them waits for another. */
export interface Memberships {
    /** In the order of the configuration. */
    all(): readonly OpenMembership[];
    /** The current settings. */
    settings(): AgentSettings;
    /** The view of each, if the configuration has a list of them. */
    several(): readonly MembershipView[] | undefined;
    /** The combined view of all of them. */
    view(): AgentView;
    /**
     * Releases what is held.
     *
     * @param membership Only this one. @default all
     * @returns what was confirmed; empty if something else is held
     */
    confirm(held: readonly string[], by: string, reason?: string, membership?: string): Promise<readonly string[]>;
    /** Call when the sources may have changed. */
    wake(): void;
    /** Reloads the configuration. An invalid one changes nothing. */
    reload(): Promise<void>;
    /**
     * Writes the zones of all, see Membership. @throws where there is one membership, what that throws;
     * `ledger-unwritable`
     */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** Reads the sources, see Membership. */
    standBy(signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** Settings of the process, which a reload cannot change. */
const FIXED = ["listen", "state", "leader", "ledger", "token"] as const;

/** @throws `bad-input` for settings that cannot be used */
export function openMemberships(options: MembershipsOptions): Memberships {
    const { open, read, clock, onReloaded, onFailed } = options;
    const work = openMemberWork();
    const first = options.settings;
    let now: Configured = { settings: first, members: first.memberships.map((each) => newMember(open(each, first))) };
    let replacing: Promise<void> = Promise.resolve();
    const restarts = { clock, onFailed, isOnly: () => now.settings.form === "one" };
    const views = () => now.members.map(viewOf);
    const together = (end: AbortSignal, does: Work) =>
        work.during(end, () => now.members, withRestarts(restarts, does));

    async function replace(next: AgentSettings): Promise<void> {
        const before = now;
        now = { settings: next, members: await membersOf(next, before, open) };
        const gone = before.members.filter((member) => !now.members.includes(member));
        for (const { removed } of gone) removed.abort();
        const fresh = now.members.filter((member) => !before.members.includes(member));
        const begun = fresh.map((member) => beginAfter(member, gone, work.begin));
        await Promise.all([...begun, ...gone.map(({ task }) => task)]);
        await tellReplaced(before.settings, next, first, options);
        for (const { membership } of gone) await membership.close();
    }

    return {
        all: () => now.members.map(({ membership }) => membership),
        settings: () => now.settings,
        several: () => (now.settings.form === "several" ? views() : undefined),
        view: () => combinedView(views(), now.settings.form),
        async confirm(held, by, reason, name) {
            const confirmed: string[] = [];
            for (const { membership, own } of heldIn(now.members, held, name)) {
                confirmed.push(...(await membership.confirm(own, by, reason)));
            }
            return confirmed;
        },
        wake() {
            for (const { membership } of now.members) membership.wake();
        },
        reload() {
            replacing = replacing.then(async () => {
                try {
                    await replace(await read());
                } catch (error) {
                    const why = error instanceof Error ? error.message : String(error);
                    onReloaded("kept", `the configuration of before stays in force: ${why}`);
                }
            });
            return replacing;
        },
        run: (stop, lost) =>
            together(AbortSignal.any([stop, lost]), ({ membership }, end) => membership.run(end, lost)),
        standBy: (signal) => together(signal, ({ membership }, end) => membership.standBy(end)),
        async close() {
            for (const { membership } of now.members) await membership.close();
        },
    };
}

/**
 * A write under way comes to its end before the membership that has the zone, the group or the state folder now begins;
 * what others have under way in an org that does not answer delays it no more than that.
 */
async function beginAfter(member: Member, gone: readonly Member[], begin: (member: Member) => void): Promise<void> {
    const { name, zones, group } = member.membership.settings;
    const ends = gone.filter(({ membership: { settings: before } }) => {
        const isSameGroup = group !== undefined && before.group === group;
        return before.name === name || isSameGroup || before.zones.some((id) => zones.includes(id));
    });
    await Promise.all(ends.map(({ task }) => task));
    begin(member);
}

/** A configuration with its open memberships. */
interface Configured {
    readonly settings: AgentSettings;
    readonly members: readonly Member[];
}

/** The members whose whole list is in the confirmed one. */
function heldIn(members: readonly Member[], held: readonly string[], name: string | undefined) {
    const seen = new Set(held);
    return members
        .map(({ membership }) => ({ membership, own: membership.view().held }))
        .filter(({ membership, own }) => {
            const isMeant = name === undefined || membership.settings.name === name;
            return isMeant && own.length > 0 && own.every((address) => seen.has(address));
        });
}

function viewOf({ membership, failure }: Member): MembershipView {
    const { name, org } = membership.settings;
    const view = membership.view();
    if (failure === undefined || view.isLeading) return withFields(view, { name, org });
    return withFields(view, { name, org, isLeading: true, lastError: failure, notReady: [failure.message] });
}

/** The members of a configuration: the unchanged ones of the previous configuration, and new ones. */
async function membersOf(
    next: AgentSettings,
    { settings, members }: Configured,
    open: MembershipsOptions["open"],
): Promise<readonly Member[]> {
    const fresh: Member[] = [];
    try {
        const all = next.memberships.map((membership) => {
            const known = members.find((each) => isSame(each.membership.settings, settings, membership, next));
            if (known !== undefined) return known;
            const opened = newMember(open(membership, next));
            fresh.push(opened);
            return opened;
        });
        const checks = await Promise.allSettled(fresh.map(({ membership }) => checkNew(membership, settings, next)));
        const refused = checks.find((check) => check.status === "rejected");
        if (refused !== undefined) throw refused.reason;
        return all;
    } catch (error) {
        for (const { membership } of fresh) await membership.close();
        throw error;
    }
}

/**
 * Checks the zones of new settings. A zone that does not exist is an error of the settings; an org that does not answer
 * is not, and delays only its own memberships.
 */
async function checkNew(membership: OpenMembership, before: AgentSettings, { form }: AgentSettings): Promise<void> {
    try {
        await membership.checkZones(newZones(membership.settings, before));
    } catch (error) {
        if (form === "one" || !isTransient(error)) throw error;
    }
}

/** Records what changed, and which zones are no longer written. */
async function tellReplaced(
    before: AgentSettings,
    next: AgentSettings,
    first: AgentSettings,
    { record, onReloaded }: Pick<MembershipsOptions, "record" | "onReloaded">,
): Promise<void> {
    const changed = changedSettings(before, next);
    const ignored = FIXED.filter((key) => !isDeepStrictEqual(next[key], first[key]));
    const rest = ignored.length > 0 ? `; ${ignored.join(", ")} needs a restart` : "";
    const news = changed.join(", ") || "nothing";
    onReloaded("reloaded", `the configuration is read again and in force; different: ${news}${rest}`);
    // A standby has no ledger open, and records its settings when it leads.
    await record({ type: "configuration.reloaded", changed }).catch(() => {});
    for (const { name, zones, group } of before.memberships) {
        const now = next.memberships.find((each) => each.name === name);
        if (now !== undefined) {
            if (group !== undefined && now.group !== group) onReloaded("reloaded", leftGroup(name, group));
            continue;
        }
        const members = group === undefined ? "" : `; so do the members of its group ${group}`;
        const left = `the membership ${name} is kept no more; its zones stay as they are: ${zones.join(", ")}${members}`;
        onReloaded("reloaded", left);
        const ofGroup = { ...(group !== undefined && { group }) };
        await record({ type: "membership.removed", membership: name, zones, ...ofGroup }).catch(() => {});
    }
}

function leftGroup(name: string, group: string): string {
    return `the membership ${name} keeps the group ${group} no more; its members stay as they are`;
}

/** Whether a membership can continue: none of its settings has changed. */
function isSame(
    these: MembershipSettings,
    before: AgentSettings,
    those: MembershipSettings,
    after: AgentSettings,
): boolean {
    return (
        isDeepStrictEqual(these, those) &&
        isDeepStrictEqual(before.orgs[these.org], after.orgs[those.org]) &&
        before.rateShare === after.rateShare &&
        before.form === after.form
    );
}

function newZones({ org, zones }: MembershipSettings, before: AgentSettings): readonly string[] {
    const known = new Set(before.memberships.flatMap((each) => (each.org === org ? each.zones : [])));
    return zones.filter((id) => !known.has(id));
}
