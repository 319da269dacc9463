import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Guard } from "../caller/guard";
import { type BodySlots, openBodySlots } from "../limits/bodySlots";
import type { ServerOptions, WebhookAnswer } from "../types";
import { openAcceptedIds } from "./acceptedIds";

/** The limit of a delivery, which may contain all grants: that of a grants file. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * A body is in memory before its signature can be checked, so only a few long ones are received at once. Bodies of
 * a few kilobytes, as most deliveries are, have no such limit.
 */
const [LONG, MIDDLE] = [
    { bytes: 1_048_576, atOnce: 2, slowestPerSecond: 262_144 },
    { bytes: 65_536, atOnce: 32, slowestPerSecond: 65_536 },
];

/**
 * `POST /hooks/grants`, with `?membership=NAME` where several sources take deliveries: passes the exact bytes to the source, which checks the signature. The cheapest checks
 * come first, so that unsigned traffic does not use up what signed deliveries need:
 *
 *   step                     if it fails
 *   headers alone            400, and 429 after too many unsigned ones
 *   room for a long body     503, retry
 *   the body has arrived     408 after ten seconds; 413 over 32 MiB
 *   the signature            401, and 429 as above
 *   not accepted before      429 for too many repetitions
 *   not too many             429, of signed ones alone
 *   accepted by the source   the source's answer
 */
export function addWebhook(
    app: FastifyInstance,
    options: Pick<ServerOptions, "webhook" | "clock">,
    guard: Guard,
): void {
    const { webhook, clock } = options;
    const now = () => clock.now();
    const accepted = openAcceptedIds(now);
    const slots = [LONG, MIDDLE].map(({ bytes, ...size }) => ({ bytes, slots: openBodySlots({ ...size, now }) }));

    const answer = (request: FastifyRequest, reply: FastifyReply, { status, body }: WebhookAnswer): FastifyReply => {
        const isUnsigned = status === 400 || status === 401;
        if (isUnsigned && guard.isUsedUp("unsigned", request, reply)) return reply;
        if (status === 503) reply.header("retry-after", 5);
        return reply.code(status).send(body);
    };

    const receiverFor = ({ query }: FastifyRequest) => {
        const { membership } = query as { readonly membership?: unknown };
        return webhook?.(typeof membership === "string" ? membership : undefined);
    };

    const screen = async (request: FastifyRequest, reply: FastifyReply) => {
        const receiver = receiverFor(request);
        if (receiver === undefined) return reply.code(404).send(NO_WEBHOOK);
        const problem = receiver.screen(flat(request.headers));
        if (problem !== undefined) {
            if (lengthOf(request) > MIDDLE.bytes) reply.header("connection", "close");
            return answer(request, reply, problem);
        }
        if (slots.every((each) => lengthOf(request) <= each.bytes || isLetIn(each.slots, request, reply))) return;
        reply.code(503).header("retry-after", 5).header("connection", "close");
        return reply.send({ error: "too many long deliveries are on their way: send it again in 5 s" });
    };

    const config = { kind: "open", isSigned: true } as const;
    app.post("/hooks/grants", { config, bodyLimit: MOST_BYTES, onRequest: screen }, async (request, reply) => {
        const receiver = receiverFor(request);
        if (receiver === undefined) return reply.code(404).send(NO_WEBHOOK);
        const headers = flat(request.headers);
        const delivery = { headers, body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) };
        const problem = await receiver.authenticate(delivery);
        if (problem !== undefined) return answer(request, reply, problem);
        const { "webhook-id": id = "" } = headers;
        if (guard.isUsedUp(accepted.has(id) ? "repeated" : "signed", request, reply)) return reply;
        const taken = await receiver.accept(delivery);
        if (taken.status === 200) accepted.add(id);
        // The signature is valid, whatever else is wrong with it.
        if (taken.status === 503) reply.header("retry-after", 5);
        return reply.code(taken.status).send(taken.body);
    });
}

const NO_WEBHOOK = {
    error: "this agent has no such webhook source: see source.type in its configuration; with several memberships, name one by ?membership=NAME",
};

function isLetIn(slots: BodySlots, { raw }: FastifyRequest, reply: FastifyReply): boolean {
    const { socket } = raw;
    const before = socket.bytesRead;
    const leave = slots.enter({ received: () => socket.bytesRead - before, drop: () => socket.destroy() });
    if (leave === undefined) return false;
    reply.raw.once("close", leave);
    return true;
}

/** In bytes; a body that does not state its length may be long. */
function lengthOf({ headers }: FastifyRequest): number {
    return Number(headers["content-length"] ?? (headers["transfer-encoding"] === undefined ? 0 : Infinity));
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
    return Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
        ),
    );
}
