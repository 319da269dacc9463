import { fail, hasCode } from "../../core/errors/errors";
import { MOST_GRANTS } from "../../core/grants/documentShape";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { reportUnusable } from "../../core/grants/grantsDocument";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { type Answer, authenticate, checkDelivery, type Delivery, refused, screenHeaders } from "./delivery";
import type { PushStore } from "./pushStore";
import { webhookKey } from "./signature";

export interface WebhookSourceOptions {
    readonly secrets: readonly WebhookSecret[];
    readonly store: PushStore;
    readonly limits: DocumentLimits;
    /** What is so before the first full snapshot: nothing is known, or nobody has a grant. @default "unreadable" */
    readonly initial?: "unreadable" | "empty";
}

/** Read anew for each delivery, so that it can be replaced without a restart. */
export interface WebhookSecret {
    /** What messages call it: `env:WEBHOOK_SECRET`. */
    readonly setting: string;
    /** @throws `bad-input` */
    readonly read: () => string;
}

/** A source that is told instead of asked. */
export interface WebhookSource extends GrantSource {
    /** Whether the leader gets to know what a standby accepts. */
    readonly isShared: boolean;

    /** What is wrong with a delivery by its headers alone; it saves reading the body. */
    screen(headers: Delivery["headers"], nowMs: number): Answer | undefined;

    /** What is wrong with a delivery by its headers and its signature. Changes nothing; `accept` checks both again. */
    authenticate(delivery: Delivery, nowMs: number): Promise<Answer | undefined>;

    /**
     * Takes a delivery in, and answers when it would survive a crash. Whoever serves
     * HTTP hands it every request to the path and sends what comes back.
     *
     *   answer   body
     *   200      { "result": "accepted" | "known" | "older", "unusable": […] }
     *   4xx      { "error": "…" }: nothing has changed, and sending it again is of no use
     *   503      { "error": "…" }: nothing has changed, and it is to be sent again
     *
     * @param nowMs Milliseconds since 1970, by this side's clock.
     */
    accept(delivery: Delivery, nowMs: number): Promise<Answer>;
}

/** As many unusable grants are named in an answer. */
const MOST_TOLD = 100;

/**
 * Grants that are pushed, signed by the Standard Webhooks scheme, and kept in a store.
 *
 * Until everything was pushed once it is unreadable, which is not the same as empty.
 *
 * @throws `bad-input` for a secret that is missing, or too short to be one
 */
export function openWebhookSource(options: WebhookSourceOptions): WebhookSource {
    const { secrets, store, limits, initial = "unreadable" } = options;
    for (const secret of secrets) checkSecret(secret);
    const reads = secrets.map(({ read }) => read);
    const name = store.name === undefined ? "webhook" : `webhook, kept in ${store.name}`;
    const listeners = new Set<() => void>();
    /** Whether something was taken that nobody has read. */
    let isNews = false;

    return {
        name,
        isKept: !store.isShared,
        isShared: store.isShared,
        screen: screenHeaders,
        authenticate: (delivery, nowMs) => authenticate(delivery, reads, nowMs),
        async accept(delivery, nowMs) {
            const checked = await checkDelivery(delivery, reads, { nowMs, limits });
            if ("status" in checked) return checked;
            try {
                const { result, unusable } = await store.take(checked);
                if (result === "too-many") return refused(400, `there would be more than ${MOST_GRANTS} grants`);
                if (result === "accepted") {
                    isNews = true;
                    for (const wake of listeners) wake();
                }
                return { status: 200, body: { result, unusable: reportUnusable(unusable.slice(0, MOST_TOLD)) } };
            } catch (error) {
                if (!hasCode(error, "source-unreadable")) throw error;
                return refused(503, "it could not be kept: send it again later");
            }
        },
        async read(signal) {
            try {
                signal.throwIfAborted();
                isNews = false;
                const { isWhole, reading } = await store.read(signal);
                if (!isWhole && initial === "unreadable") {
                    const remedy = "send grants.replaced, or set initial: empty if there are no grants before that";
                    fail("source-unreadable", `no full snapshot has been pushed yet: ${remedy}`);
                }
                return reading;
            } catch (cause) {
                return unreadable(name, cause, signal, () => undefined);
            }
        },
        async watch(wake, signal) {
            if (signal.aborted) return;
            const hear = () => wake();
            listeners.add(hear);
            if (isNews) wake();
            const ended = new Promise<void>((resolve) => {
                signal.addEventListener("abort", () => resolve(), { once: true });
            });
            await Promise.all([ended, store.watch?.(wake, signal)]);
            listeners.delete(hear);
        },
        close: async () => store.close?.(),
    };
}

function checkSecret({ setting, read }: WebhookSecret): void {
    if (webhookKey(read()) !== undefined) return;
    fail(
        "bad-input",
        `the secret of ${setting} is no secret of Standard Webhooks: it is base64 of 24 to 64 bytes, ` +
            "such as `openssl rand -base64 32` makes it, after whsec_ or alone",
    );
}
