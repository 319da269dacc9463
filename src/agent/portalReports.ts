import { hostname } from "node:os";

import type { Clock } from "../clock";
import { sentenceOf } from "../core/errors/codes";
import type { AgentReport, ReportedGrant } from "../core/portal/agentReport";
import type { AgentSettings } from "../core/settings/agentSettings";
import { databaseOf } from "../sources/open";
import { openReports } from "../sources/portal/openStore";
import type { AgentReports } from "../sources/portal/reports";
import { parseSourceSpec } from "../sources/spec";
import type { Environment } from "./environment";
import type { AgentEvent } from "./events/events";
import { SPREAD_MS } from "./reconciler/round";
import type { AgentView } from "./status/view";

/** What the portal is told of; it hears the agent's events, and looks at what the agent shows. */
export interface PortalReportsOptions {
    readonly reports: AgentReports;
    readonly name: string;
    readonly clock: Clock;
    readonly subscribe: (listener: (event: AgentEvent) => void) => () => void;
    readonly view: () => Pick<AgentView, "isLeading" | "grants">;
    /** Hears what keeps a report from being written, and undefined when one was written again. */
    readonly onTrouble: (error: unknown) => void;
}

/** A report is written as often without news, so that the portal knows that the agent lives. */
const BEAT_MS = 10_000;

/** News are gathered for a moment: a round tells of several at once. */
const GATHER_MS = 100;

/** Reports to the portal whose grants are this agent's source; undefined where the source is another one. */
export function openPortalReports(
    settings: Pick<AgentSettings, "source" | "zones">,
    options: Pick<Environment, "directory" | "env" | "clock"> &
        Omit<PortalReportsOptions, "reports" | "name" | "clock">,
): { readonly close: () => Promise<void> } | undefined {
    const spec = parseSourceSpec(settings.source);
    if (spec.type !== "portal") return undefined;
    const opening = { ...options.clock, ...options, databaseOf: (url: string) => databaseOf(url, options) };
    // By its zones, not its process: a standby that takes over goes on with the same report.
    const name = `${hostname()} ${settings.zones.join(" ")}`.slice(0, 200);
    return reportToPortal({ ...options, reports: openReports(spec.store, opening), name });
}

export function reportToPortal(options: PortalReportsOptions): { readonly close: () => Promise<void> } {
    const { reports, name, clock, subscribe, view, onTrouble } = options;
    const over = new AbortController();
    let wake = () => {};
    const acceptances = openAcceptances(clock.now);
    let isTrouble = false;
    const unsubscribe = subscribe((event) => {
        acceptances.hear(event);
        wake();
    });
    const write = async () => {
        const { isLeading, grants } = view();
        // One that stands by knows nothing of the zones, and would contradict the one that leads.
        if (!isLeading) return;
        try {
            await reports.write(name, reportOf(grants, acceptances, clock.now()));
            isTrouble = false;
        } catch (error) {
            if (!isTrouble) onTrouble(`the portal cannot be told: ${sentenceOf(error)}`);
            isTrouble = true;
        }
    };
    const running = (async () => {
        while (!over.signal.aborted) {
            const woken = new Promise<void>((resolve) => {
                wake = resolve;
            });
            await write();
            const sleeping = new AbortController();
            const stop = () => sleeping.abort();
            over.signal.addEventListener("abort", stop);
            await Promise.race([woken, clock.sleep(BEAT_MS, sleeping.signal).catch(() => {})]);
            stop();
            over.signal.removeEventListener("abort", stop);
            await clock.sleep(GATHER_MS, over.signal).catch(() => {});
        }
    })();
    return {
        async close() {
            over.abort();
            unsubscribe();
            await running;
            await reports.close();
        },
    };
}

interface Acceptances {
    hear(event: AgentEvent): void;
    /** When Okta took a grant in; now, where that was before anybody listened. */
    atMs(grant: string): number;
    /** Forgets grants that are shown no more. */
    keep(ids: ReadonlySet<string>): void;
}

/** When Okta took each grant in, by the events of writes. */
function openAcceptances(now: () => number): Acceptances {
    const intended = new Map<string, readonly string[]>();
    const accepted = new Map<string, number>();
    return {
        hear(event) {
            if (event.type === "write.intended") {
                const added = event.changes.filter(({ change }) => change === "add");
                intended.set(
                    event.write,
                    added.flatMap(({ grants }) => grants.map(({ id }) => id)),
                );
            } else if (event.type === "write.accepted") {
                for (const id of intended.get(event.write) ?? []) accepted.set(id, now());
                intended.delete(event.write);
            } else if (event.type === "write.failed") intended.delete(event.write);
        },
        atMs(grant) {
            const atMs = accepted.get(grant) ?? now();
            accepted.set(grant, atMs);
            return atMs;
        },
        keep(ids) {
            for (const id of accepted.keys()) if (!ids.has(id)) accepted.delete(id);
        },
    };
}

function reportOf(grants: AgentView["grants"], acceptances: Acceptances, nowMs: number): AgentReport {
    acceptances.keep(new Set(grants.map(({ id }) => id)));
    const reported = grants.flatMap((grant): [string, ReportedGrant][] => {
        const told = reportedGrant(grant, acceptances);
        return told === undefined ? [] : [[grant.id, told]];
    });
    return { heartbeatAtMs: nowMs, grants: Object.fromEntries(reported) };
}

function reportedGrant(
    { id, state, why }: AgentView["grants"][number],
    { atMs }: Acceptances,
): ReportedGrant | undefined {
    if (state === "ended" || state === "scheduled") return undefined;
    const because = why === undefined ? {} : { why };
    if (state === "denied") return { state: "refused", why: why ?? "somebody denied it at the agent" };
    if (state !== "accepted" && state !== "effective") return { state, ...because };
    const acceptedAtMs = atMs(id);
    return { state, acceptedAtMs, effectiveAtMs: acceptedAtMs + SPREAD_MS, ...because };
}
