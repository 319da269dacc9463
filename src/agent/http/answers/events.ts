import type { FastifyInstance } from "fastify";

import { sentenceOf } from "../../events/sentence";
import type { ServerOptions } from "../types";
import type { EventStream, Subscriber } from "./eventStream";

/**
 * `GET /events`, server-sent events.
 *
 *   event   data
 *   told    { at, type, text }: an event, in one sentence
 *   beat    { at }: heartbeat
 *
 * @returns a function that ends the subscription
 */
export function addEvents(
    app: FastifyInstance,
    audience: EventStream,
    { clock, subscribe }: Pick<ServerOptions, "clock" | "subscribe">,
): () => void {
    app.get("/events", { exposeHeadRoute: false, config: { kind: "read", allowance: "reads" } }, (_request, reply) => {
        const { raw } = reply;
        const member: Subscriber = {
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
        const type = "text/event-stream; charset=utf-8";
        // nginx keeps an answer to itself until it has 4 to 8 kB, unless it is told not to.
        raw.writeHead(200, { ...headersOf(reply.getHeaders()), "content-type": type, "x-accel-buffering": "no" });
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
