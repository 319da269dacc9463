import { isDeepStrictEqual } from "node:util";

import type { Clock } from "../clock";
import { hasCode } from "../core/errors/errors";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import type { RecordEvent } from "./events/events";
import { tellFailure, tellMoment } from "./events/format";
import type { OpenMembership } from "./openMembership";
import type { Failure } from "./reconciler/failures";
import { changedSettings } from "./settingsChanges";
import { combinedView } from "./status/combinedView";
import type { AgentView, MembershipView } from "./status/view";
import { withFields } from "./status/withFields";

export interface MembershipsOptions {
    readonly settings: AgentSettings;
    /** @throws `bad-input` for settings that cannot be used */
    readonly open: (membership: MembershipSettings, settings: AgentSettings) => OpenedMembership;
    /** The configuration as it is now. @throws `bad-input` */
    readonly read: () => Promise<AgentSettings>;
    readonly record: RecordEvent;
    readonly clock: Clock;
    /** Hears what became of a reload, in a sentence. */
    readonly onReloaded: (outcome: "reloaded" | "kept", sentence: string) => void;
    /** Hears that a membership of several cannot go on for now; the others do. */
    readonly onFailed: (membership: string, failure: Failure) => void;
}

export interface OpenedMembership extends Omit<OpenMembership, "close"> {
    close(): Promise<void>;
}

/** The memberships of the configuration of now; none of them waits for another one. */
export interface Memberships {
    /** In the order of the configuration. */
    all(): readonly OpenedMembership[];
    named(name: string): OpenedMembership | undefined;
    /** What is known of each, where the configuration has a list of them. */
    several(): readonly MembershipView[] | undefined;
    /** What is known of all of them, as if they were one. */
    view(): AgentView;
    /**
     * Lets go of what is held.
     *
     * @param membership Of this one only. @default all
     * @returns what was confirmed; nothing where something else is held
     */
    confirm(held: readonly string[], by: string, reason?: string, membership?: string): Promise<readonly string[]>;
    /** Each source may say something new. */
    wake(): void;
    /** Reads the configuration again. One that cannot be used leaves everything as it is. */
    reload(): Promise<void>;
    /** Keeps the zones of all, see Membership. @throws where there is one membership, what that throws; `ledger-unwritable` */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** Keeps up with the sources, see Membership. */
    standBy(signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

interface Member {
    readonly membership: OpenedMembership;
    /** The configuration has it no more, or otherwise. */
    readonly removed: AbortController;
    /** What it does now; undefined while it does nothing. */
    task: Promise<void> | undefined;
    /** Why it cannot go on for now. */
    failure: Failure | undefined;
}

type Work = (member: Member, end: AbortSignal) => Promise<void>;

/** Settings of the process, which a reload cannot change. */
const FIXED = ["listen", "state", "leader", "ledger", "token"] as const;

/** The shortest and the longest wait before a membership that failed begins again. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [1000, 60_000];

/** @throws `bad-input` for settings that cannot be used */
export function openMemberships(options: MembershipsOptions): Memberships {
    const { open, read, record, clock, onReloaded, onFailed } = options;
    const first = options.settings;
    let settings = first;
    let members: readonly Member[] = first.memberships.map((membership) => newMember(open(membership, first)));
    let begin: ((member: Member) => void) | undefined;
    let replacing: Promise<void> = Promise.resolve();

    /** Each member at its work, those that come meanwhile too. @throws what the first of them throws */
    async function during(end: AbortSignal, work: Work): Promise<void> {
        const failed = new AbortController();
        let failure: { readonly error: unknown } | undefined;
        const start = (member: Member): void => {
            if (member.task !== undefined) return;
            const signal = AbortSignal.any([end, failed.signal, member.removed.signal]);
            member.task = work(member, signal)
                .catch((error: unknown) => {
                    failure ??= { error };
                    failed.abort();
                })
                .finally(() => {
                    member.task = undefined;
                });
        };
        begin = start;
        for (const member of members) start(member);
        const working = members;
        await aborted(AbortSignal.any([end, failed.signal]));
        if (begin === start) begin = undefined;
        await Promise.all([...working, ...members].map(({ task }) => task));
        if (failure !== undefined) throw failure.error;
    }

    /** One of several begins again after a pause, so that the others go on. */
    async function withRestarts(member: Member, end: AbortSignal, work: () => Promise<void>): Promise<void> {
        for (let failures = 0; !end.aborted; failures++) {
            try {
                await work();
                member.failure = undefined;
                return;
            } catch (error) {
                if (settings.form === "one" || hasCode(error, "ledger-unwritable")) throw error;
                const { code, why: message } = tellFailure(error);
                member.failure = { code, message, at: tellMoment(clock.now()) };
                onFailed(member.membership.settings.name, member.failure);
            }
            const pauseMs = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
            await clock.sleep(pauseMs * (1 + clock.random() / 4), end).catch(() => {});
        }
    }

    function viewOf({ membership, failure }: Member): MembershipView {
        const { name, org } = membership.settings;
        const view = membership.view();
        if (failure === undefined || view.isLeading) return withFields(view, { name, org });
        return withFields(view, { name, org, isLeading: true, lastError: failure, notReady: [failure.message] });
    }

    /** The members of a configuration: those of before that it says nothing new of, and new ones. */
    async function membersOf(next: AgentSettings): Promise<readonly Member[]> {
        const fresh: Member[] = [];
        try {
            const all = next.memberships.map((membership) => {
                const known = members.find((each) => isSame(each.membership.settings, settings, membership, next));
                if (known !== undefined) return known;
                const opened = newMember(open(membership, next));
                fresh.push(opened);
                return opened;
            });
            for (const { membership } of fresh) await membership.checkZones(newZones(membership.settings, settings));
            return all;
        } catch (error) {
            for (const { membership } of fresh) await membership.close();
            throw error;
        }
    }

    async function replace(next: AgentSettings): Promise<void> {
        const before = members;
        const after = await membersOf(next);
        const gone = before.filter((member) => !after.includes(member));
        const changed = changedSettings(settings, next);
        const left = settings.memberships.filter(({ name }) => !next.memberships.some((each) => each.name === name));
        [settings, members] = [next, after];
        for (const { removed } of gone) removed.abort();
        // A write under way comes to its end before whoever has the zone now begins.
        await Promise.all(gone.map(({ task }) => task));
        for (const member of after) if (!before.includes(member)) begin?.(member);
        const ignored = FIXED.filter((key) => !isDeepStrictEqual(next[key], first[key]));
        const rest = ignored.length > 0 ? `; ${ignored.join(", ")} needs a restart` : "";
        onReloaded(
            "reloaded",
            `the configuration is read again and in force; different: ${changed.join(", ") || "nothing"}${rest}`,
        );
        // An agent that stands by has no ledger open, and what it keeps the zones by is told when it leads.
        await record({ type: "configuration.reloaded", changed }).catch(() => {});
        for (const { name, zones } of left) {
            onReloaded(
                "reloaded",
                `the membership ${name} is kept no more; its zones stay as they are: ${zones.join(", ")}`,
            );
            await record({ type: "membership.removed", membership: name, zones }).catch(() => {});
        }
        for (const { membership } of gone) await membership.close();
    }

    return {
        all: () => members.map(({ membership }) => membership),
        named: (name) => members.find(({ membership }) => membership.settings.name === name)?.membership,
        several: () => (settings.form === "several" ? members.map(viewOf) : undefined),
        view: () => combinedView(members.map(viewOf), settings.form),
        async confirm(held, by, reason, name) {
            const confirmed: string[] = [];
            for (const { membership } of members) {
                const own = membership.view().held;
                const isMeant = name === undefined || membership.settings.name === name;
                if (!isMeant || own.length === 0 || !own.every((address) => held.includes(address))) continue;
                confirmed.push(...(await membership.confirm(own, by, reason)));
            }
            return confirmed;
        },
        wake() {
            for (const { membership } of members) membership.wake();
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
            during(AbortSignal.any([stop, lost]), (member, end) =>
                withRestarts(member, AbortSignal.any([end, lost]), () => member.membership.run(end, lost)),
            ),
        standBy: (signal) =>
            during(signal, (member, end) => withRestarts(member, end, () => member.membership.standBy(end))),
        async close() {
            for (const { membership } of members) await membership.close();
        },
    };
}

function newMember(membership: OpenedMembership): Member {
    return { membership, removed: new AbortController(), task: undefined, failure: undefined };
}

/** Whether a membership goes on as it is: nothing that it is kept by is different. */
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

/** A zone that Okta does not have is a mistake in the new settings. */
function newZones({ org, zones }: MembershipSettings, before: AgentSettings): readonly string[] {
    const known = new Set(before.memberships.flatMap((each) => (each.org === org ? each.zones : [])));
    return zones.filter((id) => !known.has(id));
}

function aborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
