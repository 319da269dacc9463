import type { FastifyInstance, FastifyReply } from "fastify";

import type { Caller } from "../callers";
import type { PortalContext } from "../context";
import type { Authentication } from "../http/authenticate";
import { refuse } from "../problem";
import { hashOf, visitorIn } from "../sessions";
import { meOf, readState } from "./routes";

const [MOST_MEMBERS, BEAT_MS, GATHER_MS] = [2_000, 15_000, 200];

/** `GET /api/v1/events`: an event `change` whenever the caller's grants or requests are other than before. */
export function addEvents(
    app: FastifyInstance,
    context: PortalContext,
    authentication: Authentication,
    subscribe: (listener: () => void) => () => void,
): { readonly close: () => void } {
    const members = new Set<FastifyReply["raw"]>();
    app.get("/api/v1/events", async (request, reply) => {
        const caller = await authentication.required(request);
        if (members.size >= MOST_MEMBERS) return refuse(503, "portal-busy", "too many listen already");
        reply.hijack();
        const { raw } = reply;
        const headers = { ...reply.getHeaders(), "content-type": "text/event-stream; charset=utf-8" };
        raw.writeHead(200, headers as Record<string, string>);
        members.add(raw);
        const end = follow(context, caller, raw, subscribe);
        raw.on("close", () => {
            members.delete(raw);
            end();
        });
        return reply;
    });
    return {
        close() {
            for (const member of members) member.end();
        },
    };
}

/** Writes what is new, gathered for a moment, and a comment now and then so that both sides know that the other one is there. */
function follow(
    context: PortalContext,
    caller: Caller,
    raw: FastifyReply["raw"],
    subscribe: (listener: () => void) => () => void,
): () => void {
    let told = "";
    let timer: NodeJS.Timeout | undefined;
    const look = async () => {
        timer = undefined;
        if (caller.kind === "person" && !(await isThere(context, caller.visitor.key))) return void raw.end();
        const { grants, requests } = await meOf(context, caller);
        const data = JSON.stringify({ grants, requests });
        if (hashOf(data) === told) return;
        const isFirst = told === "";
        told = hashOf(data);
        raw.write(`event: ${isFirst ? "open" : "change"}\ndata: ${data}\n\n`);
    };
    const soon = () => {
        timer ??= setTimeout(() => void look().catch(context.report), GATHER_MS);
    };
    const unsubscribe = subscribe(soon);
    const beat = setInterval(() => raw.write(": beat\n\n"), BEAT_MS);
    soon();
    return () => {
        unsubscribe();
        clearInterval(beat);
        clearTimeout(timer);
    };
}

/** Whether a session still lasts. */
async function isThere(context: PortalContext, key: string): Promise<boolean> {
    return visitorIn(await readState(context), key, context.settings.session, context.now()) !== undefined;
}
