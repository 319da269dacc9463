import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { FastifyReply, FastifyRequest } from "fastify";

import { errorBody, type Refusal, refuse } from "../http/errors";
import { secondsOf } from "../state/stamp";
import type { World } from "../state/world";
import { writeAsStranger } from "../zones/writes";
import type { Act } from "./faults";

/** Does what a fault says before the request is carried out; an answer that it gives is sent. */
export async function strike(world: World, act: Act, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if ("delayMs" in act) await sleep(act.delayMs, undefined, { ref: false });
    if ("drop" in act) {
        reply.hijack();
        cut(request);
    }
    if ("staleReads" in act) {
        const zone = world.org.zones.get(zoneIdIn(request.url) ?? "");
        if (zone !== undefined) world.faults.holdBack(zone, act.staleReads);
    }
    if ("throttle" in act) {
        const reset = secondsOf(world.now()) + act.throttle.resetInSeconds;
        reply.headers({ "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(reset) });
        throttle();
    }
    if ("html" in act) {
        const page =
            "<!DOCTYPE html><html><head><title>Okta</title></head><body>This is not the page you are looking for.</body></html>";
        await reply
            .code(act.status ?? 200)
            .type("text/html;charset=utf-8")
            .send(page);
    } else if ("status" in act) {
        const body = act.body ?? errorBody(usualError(act.status), world.ids.errorId());
        await reply
            .code(act.status)
            .headers(act.headers ?? {})
            .send(body);
    }
}

export function throttle(): never {
    return refuse(429, "E0000047", "API call exceeded rate limit due to too many requests.");
}

/** Okta's error for a status, where the fault does not bring its own. */
function usualError(status: number): Pick<Refusal, "code" | "summary" | "causes"> {
    const [code, summary] = USUAL[status] ?? ["E0000009", STATUS_CODES[status] ?? "Internal Server Error"];
    return { code, summary, causes: [] };
}

const USUAL: Readonly<Record<number, readonly [code: string, summary: string]>> = {
    401: ["E0000011", "Invalid token provided"],
    403: ["E0000006", "You do not have permission to perform the requested action"],
    404: ["E0000007", "Not found: Resource not found"],
    423: ["E0000239", "Policy priorities are being reconciled. Please try again later."],
    429: ["E0000047", "API call exceeded rate limit due to too many requests."],
};

/**
 * Does what a fault says once the request was carried out, before its answer
 * leaves.
 *
 * @returns whether the answer leaves
 */
export function strikeAfter(world: World, act: Act, request: FastifyRequest, reply: FastifyReply): boolean {
    if ("dateSkewMs" in act) reply.header("date", new Date(world.now() + act.dateSkewMs).toUTCString());
    if ("headers" in act && !("status" in act)) replaceHeaders(reply, act.headers);
    if ("foreignWrite" in act) writeAsStranger(world, act.zoneId ?? zoneIdIn(request.url) ?? "", act.foreignWrite);
    if ("loseResponse" in act) cut(request);
    return !("loseResponse" in act);
}

/** Node puts a Date on an answer that has none, unless it is told not to. */
function replaceHeaders(reply: FastifyReply, headers: Readonly<Record<string, string | null>>): void {
    for (const [name, value] of Object.entries(headers)) {
        if (value !== null) reply.header(name, value);
        else {
            reply.removeHeader(name);
            if (name.toLowerCase() === "date") reply.raw.sendDate = false;
        }
    }
}

/** A request without a socket (see fetchWithin) is cut off itself. */
function cut({ raw }: FastifyRequest): void {
    if ("destroy" in raw.socket) raw.socket.destroy();
    else raw.destroy();
}

function zoneIdIn(url: string): string | undefined {
    return /^\/api\/v1\/zones\/([^/?]+)/.exec(url)?.[1];
}
