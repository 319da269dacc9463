import { createHmac } from "node:crypto";

import { nextStep, readableMoments } from "../core/portal/noticeText";
import type { NotifySettings } from "../core/portal/settings/portalSettings";
import { urlProblem } from "../core/portal/settings/urls";
import type { Notice } from "../core/portal/types";
import { webhookKey } from "../sources/webhook/signature";
import type { PortalContext } from "./context";
import { sendEmail } from "./email";

export interface DeliveryOptions {
    readonly context: Pick<PortalContext, "now" | "settings">;
    readonly fetch: typeof globalThis.fetch;
    /** The secret that a reference stands for. @throws `bad-input` */
    readonly secret: (reference: string) => string;
}

const TIMEOUT_MS = 10_000;

/** @returns why it did not arrive, without the address, which may be a secret; undefined where it did */
export async function deliver(
    id: string,
    notice: Notice,
    place: NotifySettings,
    { fetch, secret, context }: DeliveryOptions,
): Promise<string | undefined> {
    try {
        const portal = `${context.settings.url}/`;
        const told = readableMoments(notice.text);
        if (place.type === "email") {
            const { event } = notice;
            return await sendEmail({ id, event, text: told, next: nextLine(event, portal) }, place, secret(place.url));
        }
        const url = place.type === "slack" ? secret(place.url) : place.url;
        if (urlProblem(url, "issuer") !== undefined) return "its url is none that begins with https://";
        const seconds = String(Math.floor(context.now() / 1000));
        const body =
            place.type === "slack"
                ? JSON.stringify({ text: slackMessage(told, notice.event, portal) })
                : JSON.stringify({
                      type: `portal.${notice.event}`,
                      timestamp: new Date(notice.createdAtMs),
                      data: { ...notice.data, text: notice.text },
                  });
        const signed = place.type === "webhook" ? signature(id, seconds, body, secret(place.secret)) : {};
        const answer = await fetch(url, {
            method: "POST",
            headers: { "content-type": "application/json", ...signed },
            body,
            redirect: "error",
            signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        await answer.body?.cancel();
        return answer.ok ? undefined : `the answer was ${answer.status}`;
    } catch (error) {
        const { name, responseCode } = error as { readonly name?: string; readonly responseCode?: unknown };
        if (typeof responseCode === "number") return `the mail server answered ${responseCode}`;
        return name === "TimeoutError" ? "there was no answer in time" : "it cannot be reached";
    }
}

/** The headers of Standard Webhooks. */
function signature(id: string, seconds: string, body: string, secret: string): Readonly<Record<string, string>> {
    const key = webhookKey(secret);
    if (key === undefined) throw new Error("the secret is none of Standard Webhooks");
    const mark = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
    return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${mark}` };
}

function nextLine(event: string, portal: string): string | undefined {
    const step = nextStep(event);
    return step && `${step}: ${portal}`;
}

function slackMessage(text: string, event: string, portal: string): string {
    const step = nextStep(event);
    return step === undefined ? slackText(text) : `${slackText(text)}\n<${portal}|${step}>`;
}

/** What Slack would take for a link or a mention is text. */
function slackText(text: string): string {
    return text.replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character] ?? "");
}
