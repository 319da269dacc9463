import type { Clock } from "../clock";
import { sentenceOf } from "../core/errors/codes";
import type { AgentReport, ReportedGrant } from "../core/portal/agentReport";
import type { MembershipSettings } from "../core/settings/agentSettings";
import type { Sessions } from "../okta/sessions";
import { databaseOf } from "../sources/open";
import { openReports, type StoreSpec } from "../sources/portal/openStore";
import type { AgentReports } from "../sources/portal/reports";
import { parseSourceSpec } from "../sources/settings/parseSource";
import type { GrantSource } from "../sources/source";
import type { Environment } from "./environment";
import type { AgentEvent, RecordEvent } from "./events/events";
import { openOrders } from "./portalOrders";
import { SPREAD_MS } from "./reconciler/writes";
import type { AgentView } from "./status/view";
import { createWakeup } from "./wakeup";

/** What is used of a membership. */
interface Reporting {
    readonly settings: Pick<MembershipSettings, "name" | "source" | "org">;
    readonly source: GrantSource;
    readonly sessions: Sessions;
    view(): Pick<AgentView, "isLeading" | "grants">;
}

export interface PortalReportsOptions extends Pick<Environment, "directory" | "env"> {
    readonly clock: Clock;
    /** The memberships of now; those whose source is no portal are left out. */
    readonly members: () => readonly Reporting[];
    readonly subscribe: (listener: (event: AgentEvent) => void) => () => void;
    readonly record: RecordEvent;
    /** Hears, once, what keeps reports from being written. */
    readonly onTrouble: (sentence: string) => void;
}

/** A report is written as often without news, so that the portal knows that the agent lives. */
const BEAT_MS = 10_000;

/** News are gathered for a moment: a round tells of several at once. */
const GATHER_MS = 100;

/**
 * Tells each portal whose grants are the source of a membership what became of them, and that the agent lives. A report is
 * the membership's and not the process's: a standby that takes over goes on with it.
 */
export function openPortalReports(options: PortalReportsOptions): { readonly close: () => Promise<void> } {
    const { clock, subscribe, onTrouble } = options;
    const over = new AbortController();
    const acceptances = openAcceptances(clock.now);
    const wakeup = createWakeup(clock);
    const writer = openWriter(options, acceptances, wakeup.ring);
    let isTrouble = false;
    const unsubscribe = subscribe((event) => {
        acceptances.hear(event);
        wakeup.ring();
    });

    const running = (async () => {
        while (!over.signal.aborted) {
            const isWritten = await writer.write().then(
                () => true,
                (error: unknown) => {
                    if (!isTrouble)
                        onTrouble(`the portal cannot be told what became of its grants: ${sentenceOf(error)}`);
                    return false;
                },
            );
            isTrouble = !isWritten;
            await wakeup.sleep(BEAT_MS, over.signal).catch(() => {});
            await clock.sleep(GATHER_MS, over.signal).catch(() => {});
        }
    })();
    return {
        async close() {
            over.abort();
            unsubscribe();
            await running;
            await writer.close();
        },
    };
}

/** Writes the reports of all memberships, and sees to what admins of their portals ordered. */
function openWriter(options: PortalReportsOptions, acceptances: Acceptances, wake: () => void) {
    const { clock, members, record } = options;
    const reportsOf = openStores(options);
    const orders = openOrders({ clock, record, onDone: wake, onNews: wake });
    return {
        async write(): Promise<void> {
            const portals = members().flatMap((member) => {
                const spec = parseSourceSpec(member.settings.source);
                return spec.type === "portal" ? [{ member, store: spec.store, seen: member.view() }] : [];
            });
            acceptances.keep(new Set(portals.flatMap(({ seen }) => seen.grants.map(({ id }) => id))));
            const served = new Set<string>();
            for (const { member, store, seen } of portals) {
                // One that stands by knows nothing of the zones, and would contradict the one that leads.
                if (!seen.isLeading) continue;
                const { settings, source, sessions } = member;
                const { name, org } = settings;
                const key = JSON.stringify([org, store]);
                // Of several memberships of an org the first one ends sessions.
                const isFirst = !served.has(key);
                served.add(key);
                const reports = reportsOf(store);
                const ended = isFirst ? await orders.follow({ key, org, source, sessions, reports }) : undefined;
                const report = { ...reportOf(seen.grants, acceptances, clock.now()), org };
                await reports.write(name, ended === undefined ? report : { ...report, sessionsEnded: ended });
            }
        },
        async close(): Promise<void> {
            await orders.close();
            await reportsOf.close();
        },
    };
}

/** The reports of each store, opened when they are first needed. */
function openStores({ directory, env, clock }: PortalReportsOptions) {
    const opened = new Map<string, AgentReports>();
    const opening = { ...clock, directory, databaseOf: (url: string) => databaseOf(url, { directory, env }) };
    const reportsOf = (store: StoreSpec) => {
        const key = JSON.stringify(store);
        const found = opened.get(key) ?? openReports(store, opening);
        opened.set(key, found);
        return found;
    };
    return Object.assign(reportsOf, {
        async close() {
            for (const reports of opened.values()) await reports.close();
        },
    });
}

interface Acceptances {
    hear(event: AgentEvent): void;
    /**
     * When Okta took a grant in, and when it should have spread that; now, where that was before anybody listened, or where the grant caused
     * no write, as its address was in already.
     */
    of(
        grant: string,
        state: "accepted" | "effective",
    ): { readonly acceptedAtMs: number; readonly effectiveAtMs: number };
    /** Forgets grants that are shown no more. */
    keep(ids: ReadonlySet<string>): void;
}

/** When Okta took each grant in, by the events of writes. */
function openAcceptances(now: () => number): Acceptances {
    const intended = new Map<string, readonly string[]>();
    const accepted = new Map<string, number>();
    const effective = new Map<string, number>();
    return {
        hear(event) {
            if (event.type === "write.intended") {
                const added = event.changes.filter(({ change }) => change === "add");
                intended.set(
                    event.write,
                    added.flatMap(({ grants }) => grants.map(({ id }) => id)),
                );
            } else if (event.type === "write.accepted") {
                for (const id of intended.get(event.write) ?? []) {
                    accepted.set(id, now());
                    effective.delete(id);
                }
                intended.delete(event.write);
            } else if (event.type === "write.failed") intended.delete(event.write);
        },
        of(grant, state) {
            const acceptedAtMs = accepted.get(grant) ?? now();
            accepted.set(grant, acceptedAtMs);
            const spreadMs = effective.get(grant) ?? acceptedAtMs + SPREAD_MS;
            const effectiveAtMs = state === "effective" ? Math.min(spreadMs, now()) : spreadMs;
            effective.set(grant, effectiveAtMs);
            return { acceptedAtMs, effectiveAtMs };
        },
        keep(ids) {
            for (const known of [accepted, effective])
                for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
        },
    };
}

function reportOf(grants: AgentView["grants"], acceptances: Acceptances, nowMs: number): AgentReport {
    const reported = grants.flatMap((grant): [string, ReportedGrant][] => {
        const told = reportedGrant(grant, acceptances);
        return told === undefined ? [] : [[grant.id, told]];
    });
    return { heartbeatAtMs: nowMs, grants: Object.fromEntries(reported) };
}

function reportedGrant(
    { id, state, why }: AgentView["grants"][number],
    acceptances: Acceptances,
): ReportedGrant | undefined {
    if (state === "ended" || state === "scheduled") return undefined;
    const because = why === undefined ? {} : { why };
    if (state === "denied") return { state: "refused", why: why ?? "it was denied at the agent" };
    if (state !== "accepted" && state !== "effective") return { state, ...because };
    return { state, ...acceptances.of(id, state), ...because };
}
