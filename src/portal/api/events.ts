import type { FastifyInstance, FastifyReply } from "fastify";

import type { PortalState } from "../../core/portal/state";
import { type Caller, callerKey } from "../callers";
import type { PortalContext } from "../context";
import type { Authentication } from "../http/authenticate";
import { refuse } from "../problem";
import { visitorIn } from "../sessions";
import { type Digest, digestOf } from "./digest";
import { listsOf, readState } from "./routes";
import { shownTo } from "./shown";

const [MOST_MEMBERS, BEAT_MS, GATHER_MS] = [10_000, 15_000, 200];

/** How many streams one caller may have, so that nobody takes the places of all others: pages that are open, and programs. */
const MOST_OF_ONE = 1_000;

/** Who reads so little of what they are sent is cut off; a browser comes back by itself. */
const MOST_PENDING_BYTES = 65_536;

/** As many members are looked after before others get their turn. */
const AT_ONCE = 50;

type Raw = FastifyReply["raw"];

interface Member {
    readonly caller: Caller;
    /** Of the caller. */
    readonly key: string;
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
        for (const { caller, raw } of members) {
            if (isExpired(context, caller)) raw.end();
            else raw.write(": beat\n\n");
        }
    }, BEAT_MS);
    beat.unref();
    // A HEAD would be a stream without an end.
    app.get("/api/v1/events", { exposeHeadRoute: false }, async (request, reply) => {
        const caller = await authentication.required(request);
        const key = callerKey(caller);
        const room = roomFor(key, members);
        if (room === "one-has-too-many") {
            return refuse(429, "portal-busy", "you listen with too many pages or programs already");
        }
        if (room === "none") return refuse(503, "portal-busy", "too many listen already");
        reply.hijack();
        const { raw } = reply;
        const type = "text/event-stream; charset=utf-8";
        // nginx keeps an answer to itself until it has 4 to 8 kB, unless it is told not to.
        const headers = { ...reply.getHeaders(), "content-type": type, "x-accel-buffering": "no" };
        raw.writeHead(200, headers as Record<string, string>);
        raw.flushHeaders();
        const member: Member = { caller, key, raw, told: undefined };
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

/** Whether one more of a caller may listen. */
export function roomFor(
    key: string,
    members: ReadonlySet<{ readonly key: string }>,
    { most = MOST_MEMBERS, mostOfOne = MOST_OF_ONE } = {},
): "room" | "one-has-too-many" | "none" {
    let own = 0;
    for (const member of members) if (member.key === key) own += 1;
    if (own >= mostOfOne) return "one-has-too-many";
    return members.size >= most ? "none" : "room";
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
    if (isExpired(context, caller)) return void raw.end();
    if (caller.kind === "person" && !isThere(context, state, caller.visitor.key)) return void raw.end();
    const seen = shownTo(context.settings, caller, digest);
    if (seen === told || raw.destroyed) return;
    if (raw.writableLength > MOST_PENDING_BYTES) return void raw.destroy();
    member.told = seen;
    const { grants, requests } = listsOf(context, state, caller);
    const data = JSON.stringify({ grants, requests });
    raw.write(`event: ${told === undefined ? "open" : "change"}\nid: ${seen}\ndata: ${data}\n\n`);
}

/** A workload may listen as long as its token is good. */
function isExpired({ now }: PortalContext, caller: Caller): boolean {
    return caller.kind === "workload" && caller.expiresAtMs <= now();
}

/** Whether a session still lasts. */
function isThere({ settings, now }: PortalContext, state: PortalState, key: string): boolean {
    return visitorIn(state, key, settings.session, now()) !== undefined;
}
