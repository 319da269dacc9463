import type { FastifyInstance, FastifyReply } from "fastify";

import type { PortalState } from "../../core/portal/state";
import type { Caller } from "../callers";
import type { PortalContext } from "../context";
import type { Authentication } from "../http/authenticate";
import { refuse } from "../problem";
import { visitorIn } from "../sessions";
import { type Digest, digestOf } from "./digest";
import { listsOf, readState } from "./routes";
import { shownTo } from "./shown";

const [MOST_MEMBERS, BEAT_MS, GATHER_MS] = [10_000, 15_000, 200];

/** Who reads so little of what they are sent is cut off; a browser comes back by itself. */
const MOST_PENDING_BYTES = 65_536;

/** As many members are looked after before others get their turn. */
const AT_ONCE = 50;

type Raw = FastifyReply["raw"];

interface Member {
    readonly caller: Caller;
    readonly raw: Raw;
    /** What they were told of last; undefined for a newcomer. */
    told: string | undefined;
}

/**
 * `GET /api/v1/events`: an event `open` with the caller's grants and requests, and `change` whenever they are other than before. The id
 * of each says what is shown, as the page's `data-shown` does.
 */
export function addEvents(
    app: FastifyInstance,
    context: PortalContext,
    authentication: Authentication,
    subscribe: (listener: () => void) => () => void,
): { readonly close: () => void } {
    const members = new Set<Member>();
    const audience = openAudience(context, members);
    const unsubscribe = subscribe(audience.soon);
    const beat = setInterval(() => {
        for (const { raw } of members) raw.write(": beat\n\n");
    }, BEAT_MS);
    beat.unref();
    app.get("/api/v1/events", async (request, reply) => {
        const caller = await authentication.required(request);
        if (members.size >= MOST_MEMBERS) return refuse(503, "portal-busy", "too many listen already");
        reply.hijack();
        const { raw } = reply;
        const type = "text/event-stream; charset=utf-8";
        // nginx keeps an answer to itself until it has 4 to 8 kB, unless it is told not to.
        const headers = { ...reply.getHeaders(), "content-type": type, "x-accel-buffering": "no" };
        raw.writeHead(200, headers as Record<string, string>);
        raw.flushHeaders();
        const member: Member = { caller, raw, told: undefined };
        members.add(member);
        raw.on("close", () => members.delete(member));
        audience.soon();
        return reply;
    });
    return {
        close() {
            unsubscribe();
            clearInterval(beat);
            audience.close();
            for (const { raw } of members) raw.end();
        },
    };
}

/** Tells all members what is new, gathered for a moment, and in small groups, so that nobody else waits meanwhile. */
function openAudience(context: PortalContext, members: ReadonlySet<Member>) {
    let timer: NodeJS.Timeout | undefined;
    let [isRunning, isAgain, isClosed] = [false, false, false];

    async function tellAll(): Promise<void> {
        if (members.size === 0) return;
        const state = await readState(context);
        const digest = digestOf(state, context.reports());
        let count = 0;
        for (const member of [...members]) {
            if (isClosed) return;
            count += 1;
            if (count % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
            tell(context, state, member, digest);
        }
    }

    function soon(): void {
        if (isRunning) isAgain = true;
        if (isRunning || timer !== undefined || isClosed) return;
        timer = setTimeout(async () => {
            timer = undefined;
            isRunning = true;
            await tellAll().catch(context.report);
            isRunning = false;
            if (isAgain) {
                isAgain = false;
                soon();
            }
        }, GATHER_MS);
    }

    return {
        soon,
        close() {
            isClosed = true;
            clearTimeout(timer);
        },
    };
}

function tell(context: PortalContext, state: PortalState, member: Member, digest: Digest): void {
    const { caller, raw, told } = member;
    if (caller.kind === "person" && !isThere(context, state, caller.visitor.key)) return void raw.end();
    const seen = shownTo(context.settings, caller, digest);
    if (seen === told || raw.destroyed) return;
    if (raw.writableLength > MOST_PENDING_BYTES) return void raw.destroy();
    member.told = seen;
    const { grants, requests } = listsOf(context, state, caller);
    const data = JSON.stringify({ grants, requests });
    raw.write(`event: ${told === undefined ? "open" : "change"}\nid: ${seen}\ndata: ${data}\n\n`);
}

/** Whether a session still lasts. */
function isThere({ settings, now }: PortalContext, state: PortalState, key: string): boolean {
    return visitorIn(state, key, settings.session, now()) !== undefined;
}
