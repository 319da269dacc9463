import { join } from "node:path";

import { fail, hasCode } from "../../core/errors";
import { type DocumentLimits, type Reading, readGrantsDocument } from "../../core/grantsDocument";
import { applyPush, isTooMany, type Push, pushedDocument } from "../../core/pushes";
import { fileProblem } from "../fileProblem";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { type Answer, checkDelivery, type Delivery, refused } from "./delivery";
import { type PushState, pushFile } from "./pushFile";
import { webhookKey } from "./signature";

export interface WebhookSourceOptions {
    readonly secrets: readonly WebhookSecret[];
    /** The folder for what has to survive a restart. */
    readonly state: string;
    /** What is so before the first full snapshot: nothing is known, or nobody has a grant. @default "unreadable" */
    readonly initial?: "unreadable" | "empty";
    readonly limits: DocumentLimits;
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
 * Grants that are pushed, signed by the Standard Webhooks scheme, and kept in
 * `webhook.jsonl` in the folder of the state.
 *
 * Until everything was pushed once it is unreadable, which is not the same as empty.
 *
 * @throws `bad-input` for a secret that is missing, or too short to be one
 */
export function openWebhookSource(options: WebhookSourceOptions): WebhookSource {
    const { secrets, limits, initial = "unreadable" } = options;
    for (const secret of secrets) checkSecret(secret);
    const reads = secrets.map(({ read }) => read);
    const name = "webhook";
    const path = join(options.state, "webhook.jsonl");
    const file = pushFile(path);
    const listeners = new Set<() => void>();
    let state: PushState | undefined;
    let told: PushState["pushed"] | undefined;
    let latest: { readonly of: PushState["pushed"]; readonly reading: Reading } | undefined;
    /** One piece of work with the file at a time. */
    let work: Promise<unknown> = Promise.resolve();

    function inTurn<T>(next: () => Promise<T>): Promise<T> {
        const result = work.then(next);
        work = result.catch(() => {});
        return result;
    }

    async function loaded(): Promise<PushState> {
        state ??= await file.load();
        return state;
    }

    function readingOf(pushed: PushState["pushed"]): Reading {
        if (latest?.of !== pushed) latest = { of: pushed, reading: readGrantsDocument(pushedDocument(pushed), limits) };
        return latest.reading;
    }

    async function take(id: string, push: Push): Promise<Answer> {
        const known = await loaded();
        if (known.seen.includes(id)) return { status: 200, body: { result: "known", unusable: [] } };
        if (isTooMany(applyPush(known.pushed, push))) return refused(400, "there would be more than 200000 grants");
        state = await file.add(known, id, push);
        if (state.pushed === known.pushed) return { status: 200, body: { result: "older", unusable: [] } };
        for (const wake of listeners) wake();
        return { status: 200, body: { result: "accepted", unusable: unusableOf(push, state.pushed) } };
    }

    /** What the sender may want to know at once, though it was taken: a usable grant of the same id is gone, too. */
    function unusableOf(push: Push, pushed: PushState["pushed"]): Reading["unusable"] {
        if (push.type === "removed") return [];
        const reading = push.type === "set" ? readGrantsDocument({ grants: [push.grant] }, limits) : readingOf(pushed);
        return reading.unusable.slice(0, MOST_TOLD);
    }

    return {
        name,
        isKept: true,
        async accept(delivery, nowMs) {
            const checked = checkDelivery(delivery, reads, nowMs);
            if ("status" in checked) return checked;
            try {
                return await inTurn(() => take(checked.id, checked.push));
            } catch (error) {
                if (!hasCode(error, "source-unreadable") && fileProblem(error) === undefined) throw error;
                return refused(503, "it could not be kept: send it again later");
            }
        },
        async read(signal) {
            try {
                signal.throwIfAborted();
                const { pushed } = await inTurn(loaded);
                told = pushed;
                if (pushed.snapshotMs === undefined && initial === "unreadable") {
                    const remedy = "send grants.replaced, or say initial: empty if nobody has a grant before that";
                    fail("source-unreadable", `nobody has pushed all grants yet: ${remedy}`);
                }
                return readingOf(pushed);
            } catch (cause) {
                return unreadable(name, cause, signal, (error) => {
                    const problem = fileProblem(error);
                    return problem === undefined ? undefined : `${path}: ${problem}`;
                });
            }
        },
        async watch(wake, signal) {
            if (signal.aborted) return;
            const hear = () => wake();
            listeners.add(hear);
            if (state !== undefined && state.pushed !== told) wake();
            await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
            listeners.delete(hear);
        },
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
