import { createHmac } from "node:crypto";

import type { Clock } from "../clock";
import type { NotifySettings } from "../core/portal/settings/portalSettings";
import type { Change } from "../core/portal/state";
import { isLive, type Notice, type PortalGrant } from "../core/portal/types";
import type { PortalStore } from "../sources/portal/portalStore";
import { webhookKey } from "../sources/webhook/signature";
import type { PortalContext } from "./context";
import { noticeRows } from "./notices";

export interface NotifierOptions {
    readonly context: PortalContext;
    readonly clock: Clock;
    readonly fetch: typeof globalThis.fetch;
    /** The secret that a reference stands for, read anew for each message. @throws `bad-input` */
    readonly secret: (reference: string) => string;
    /** Hears of a message that is given up. */
    readonly onGivenUp: (sentence: string) => void;
}

const [TIMEOUT_MS, EVERY_MS, MOST_ATTEMPTS, SOON_MS] = [10_000, 2_000, 8, 15 * 60_000];

/** Who sends a message has it for so long; then another portal of the same store may take it. */
const TAKEN_MS = 60_000;

/** After the first failure, doubling with each one, in ms. */
const FIRST_PAUSE_MS = 5_000;

/** Sends what waits in the store, one after the other, and again where that fails; nobody who is granted anything waits for it. */
export async function runNotifier(options: NotifierOptions, signal: AbortSignal): Promise<void> {
    const { context, clock } = options;
    while (!signal.aborted) {
        try {
            await noteEnding(context);
            for (let sent = await sendOne(options); sent && !signal.aborted; sent = await sendOne(options));
        } catch (error) {
            if (!signal.aborted) context.report(error);
        }
        await clock.sleep(EVERY_MS, signal).catch(() => {});
    }
}

/** Takes the message that is due first, sends it, and takes it out or puts it back. @returns whether there was one */
async function sendOne(options: NotifierOptions): Promise<boolean> {
    const { context, onGivenUp } = options;
    const { store, settings, now } = context;
    const taken = await takeDue(store, now);
    if (taken === undefined) return false;
    const [key, notice] = taken;
    const place = settings.notify[notice.to];
    const problem = place === undefined ? undefined : await send(key, notice, place, options);
    const attempts = notice.attempts + 1;
    const isOver = problem === undefined || attempts >= MOST_ATTEMPTS;
    if (problem !== undefined && isOver) onGivenUp(`a message about "${notice.event}" could not be sent: ${problem}`);
    const next: Notice = { ...notice, attempts, dueAtMs: now() + FIRST_PAUSE_MS * 2 ** notice.attempts };
    await store.transact(() => ({ changes: [["notices", key, isOver ? null : next]], result: undefined }));
    return true;
}

async function takeDue(store: PortalStore, now: () => number): Promise<readonly [string, Notice] | undefined> {
    const { notices } = await store.read(AbortSignal.timeout(10_000));
    if (![...notices.values()].some(({ dueAtMs }) => dueAtMs <= now())) return undefined;
    return store.transact<readonly [string, Notice] | undefined>((state) => {
        const due = [...state.notices].filter(([, { dueAtMs }]) => dueAtMs <= now());
        const [first] = due.sort(([, a], [, b]) => a.dueAtMs - b.dueAtMs);
        if (first === undefined) return { changes: [], result: undefined };
        const [key, notice] = first;
        return { changes: [["notices", key, { ...notice, dueAtMs: now() + TAKEN_MS }]], result: [key, notice] };
    });
}

/** @returns why it did not arrive, without the address, which may be a secret; undefined where it did */
async function send(
    id: string,
    notice: Notice,
    place: NotifySettings,
    { fetch, secret, context }: NotifierOptions,
): Promise<string | undefined> {
    try {
        const seconds = String(Math.floor(context.now() / 1000));
        const body =
            place.type === "slack"
                ? JSON.stringify({ text: slackText(notice.text) })
                : JSON.stringify({
                      type: `portal.${notice.event}`,
                      timestamp: new Date(notice.createdAtMs),
                      data: { ...notice.data, text: notice.text },
                  });
        const signed = place.type === "webhook" ? signature(id, seconds, body, secret(place.secret)) : {};
        const answer = await fetch(place.type === "slack" ? secret(place.url) : place.url, {
            method: "POST",
            headers: { "content-type": "application/json", ...signed },
            body,
            redirect: "error",
            signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        await answer.body?.cancel();
        return answer.ok ? undefined : `the answer was ${answer.status}`;
    } catch (error) {
        return error instanceof Error && error.name === "TimeoutError"
            ? "there was no answer in time"
            : "it cannot be reached";
    }
}

/** The headers of Standard Webhooks. */
function signature(id: string, seconds: string, body: string, secret: string): Readonly<Record<string, string>> {
    const key = webhookKey(secret);
    if (key === undefined) throw new Error("the secret is none of Standard Webhooks");
    const mark = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
    return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${mark}` };
}

/** What Slack would take for a link, a mention or a format is text. */
function slackText(text: string): string {
    return text.replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character] ?? "");
}

/** Says once of each grant that it is about to end, and once that it has reached its end. */
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
            const event = dueNotice(grant, nowMs) ?? "ending";
            const { holder, access, id, expiresAtMs } = grant;
            const until = new Date(expiresAtMs).toISOString();
            const text =
                event === "ending"
                    ? `${holder.name}'s ${access} ends at ${until}`
                    : `${holder.name} no longer has ${access}: it reached its end`;
            const data = { access, name: holder.name, grant: id, until };
            return [
                ["used", `${event} ${id}`, { untilMs: expiresAtMs + 2 * 86_400_000 }],
                ...noticeRows(context, event, text, data),
            ];
        });
        return { changes, result: undefined };
    });
}

/** Short grants end soon from their beginning: of those only the end is told. */
function dueNotice(grant: PortalGrant, nowMs: number): "ending" | "ended" | undefined {
    const { expiresAtMs, startsAtMs, endedAtMs } = grant;
    if (endedAtMs !== undefined) return undefined;
    if (nowMs >= expiresAtMs) return nowMs < expiresAtMs + 86_400_000 ? "ended" : undefined;
    const isSoon = expiresAtMs - nowMs <= SOON_MS && expiresAtMs - startsAtMs > 2 * SOON_MS;
    return isLive(grant, nowMs) && isSoon ? "ending" : undefined;
}
