import type { FastifyInstance } from "fastify";

import { sentenceOf } from "../telling/sentence";
import type { Audience, Member } from "./audience";
import type { DeskOptions } from "./port";

/**
 * `GET /events`, server-sent events.
 *
 *   event   data
 *   told    { at, type, text }: something happened, in one sentence
 *   beat    { at }: the agent is there
 *
 * @returns how to stop telling
 */
export function addEvents(
    app: FastifyInstance,
    audience: Audience,
    { clock, subscribe }: Pick<DeskOptions, "clock" | "subscribe">,
): () => void {
    app.get("/events", { exposeHeadRoute: false, config: { kind: "read", allowance: "reads" } }, (_request, reply) => {
        const { raw } = reply;
        const member: Member = {
            write: (text) => raw.write(text),
            pendingBytes: () => raw.writableLength,
            end: () => raw.end(),
            drop: () => raw.destroy(),
        };
        if (audience.isFull()) {
            reply
                .code(503)
                .header("retry-after", 30)
                .header("connection", "close")
                .send({ error: "too many listen to the events: come back in 30 s" });
            return;
        }
        reply.hijack();
        raw.writeHead(200, { ...headersOf(reply.getHeaders()), "content-type": "text/event-stream; charset=utf-8" });
        const leave = audience.join(member);
        raw.on("close", () => leave());
    });
    return subscribe((event) => {
        audience.say("told", { at: new Date(clock.now()).toISOString(), type: event.type, text: sentenceOf(event) });
    });
}

function headersOf(headers: Readonly<Record<string, number | string | string[] | undefined>>) {
    return Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
}
