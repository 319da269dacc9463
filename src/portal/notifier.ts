import type { Clock } from "../clock";
import { dueNotice, dueText } from "../core/portal/dueNotice";
import { grantData } from "../core/portal/noticeText";
import type { Change } from "../core/portal/state";
import type { Notice, PortalGrant } from "../core/portal/types";
import { backoffMs } from "../core/time/backoff";
import type { PortalStore } from "../sources/portal/portalStore";
import type { PortalContext } from "./context";
import { deliver } from "./delivery";
import { noticeRows, titleOf } from "./notices";

export interface NotifierOptions {
    readonly context: PortalContext;
    readonly clock: Clock;
    readonly fetch: typeof globalThis.fetch;
    /** The secret that a reference stands for, read anew for each message. @throws `bad-input` */
    readonly secret: (reference: string) => string;
    /** Hears of a message that is given up. */
    readonly onGivenUp: (sentence: string) => void;
}

const [EVERY_MS, MOST_ATTEMPTS] = [2_000, 8];

/** Who sends a message has it for so long; then another portal of the same store may take it. */
const TAKEN_MS = 60_000;

const PAUSES = { firstMs: 5_000 };

/** Sends what waits in the store, one after the other, and again where that fails; nobody who is granted anything waits for it. */
export async function runNotifier(options: NotifierOptions, signal: AbortSignal): Promise<void> {
    const { context, clock } = options;
    while (!signal.aborted) {
        try {
            await noteEnding(context);
            // One that does not answer keeps no other place waiting.
            await Promise.all(context.settings.notify.map((_, to) => sendAll(options, to, signal)));
        } catch (error) {
            if (!signal.aborted) context.report(error);
        }
        await clock.sleep(EVERY_MS, signal).catch(() => {});
    }
}

async function sendAll(options: NotifierOptions, to: number, signal: AbortSignal): Promise<void> {
    for (let sent = true; sent && !signal.aborted; ) sent = await sendOne(options, to);
}

/** Takes the message to a place that is due first, sends it, and takes it out or puts it back. @returns whether there was one */
async function sendOne(options: NotifierOptions, to: number): Promise<boolean> {
    const { context, onGivenUp } = options;
    const { store, settings, now } = context;
    const taken = await takeDue(store, now, to);
    if (taken === undefined) return false;
    const [key, notice] = taken;
    const place = settings.notify[notice.to];
    const problem = place === undefined ? undefined : await deliver(key, notice, place, options);
    const attempts = notice.attempts + 1;
    const isOver = problem === undefined || attempts >= MOST_ATTEMPTS;
    if (problem !== undefined && isOver) onGivenUp(`a message about "${notice.event}" could not be sent: ${problem}`);
    const next: Notice = { ...notice, attempts, dueAtMs: now() + backoffMs(attempts, PAUSES, 0) };
    await store.transact(() => ({ changes: [["notices", key, isOver ? null : next]], result: undefined }));
    return true;
}

async function takeDue(
    store: PortalStore,
    now: () => number,
    to: number,
): Promise<readonly [string, Notice] | undefined> {
    const isDue = (notice: Notice) => notice.to === to && notice.dueAtMs <= now();
    const { notices } = await store.read(AbortSignal.timeout(10_000));
    if (![...notices.values()].some(isDue)) return undefined;
    return store.transact<readonly [string, Notice] | undefined>((state) => {
        const due = [...state.notices].filter(([, notice]) => isDue(notice));
        const [first] = due.sort(([, a], [, b]) => a.dueAtMs - b.dueAtMs);
        if (first === undefined) return { changes: [], result: undefined };
        const [key, notice] = first;
        return { changes: [["notices", key, { ...notice, dueAtMs: now() + TAKEN_MS }]], result: [key, notice] };
    });
}

/** Says once of each grant that its later start has come, once that it is about to end, and once that it has reached its end. */
async function noteEnding(context: PortalContext): Promise<void> {
    const { store, settings, now } = context;
    if (settings.notify.length === 0) return;
    const nowMs = now();
    const isDue = (grant: PortalGrant, used: ReadonlyMap<string, unknown>) =>
        dueNotice(grant, nowMs) !== undefined && !used.has(`${dueNotice(grant, nowMs)} ${grant.id}`);
    const seen = await store.read(AbortSignal.timeout(10_000));
    if (![...seen.grants.values()].some((grant) => isDue(grant, seen.used))) return;
    await store.transact((state) => {
        const due = [...state.grants.values()].filter((grant) => isDue(grant, state.used));
        const changes = due.flatMap((grant): Change[] => {
            const event = dueNotice(grant, nowMs);
            if (event === undefined) return [];
            const { id, expiresAtMs } = grant;
            const title = titleOf(context, grant.access);
            const message = { text: dueText(event, grant, title, settings.url), data: grantData(grant, title) };
            return [
                ["used", `${event} ${id}`, { untilMs: expiresAtMs + 2 * 86_400_000 }],
                ...noticeRows(context, event, message),
            ];
        });
        return { changes, result: undefined };
    });
}
