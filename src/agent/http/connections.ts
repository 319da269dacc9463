import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import { isThisMachine, peerOf } from "./peer";

export interface ConnectionLimits {
    /** The most connections in all. */
    readonly most: number;
    /** The most connections of one peer. */
    readonly mostPerPeer: number;
    /** Whether a remote address has no such limit, as it may stand for everybody. @default those of this machine: a proxy may be there */
    readonly isShared?: (remoteAddress: string | undefined) => boolean;
}

/** A connection, as far as its worth is concerned. */
export interface Held {
    readonly peer: string;
    /**
     *   waiting     no request is under way: its head has not arrived, or the one before is answered
     *   receiving   the body of a request is on its way
     *   answering   the request is there, and its answer, or a stream of events, is not finished
     */
    readonly state: "waiting" | "receiving" | "answering";
}

/**
 * Makes room for each new connection, so that those who hold many, or never finish what they send, keep nobody out:
 * probes and confirmations come on connections of their own.
 *
 *   there are            closed is, of these, the first one that is there
 *   too many in all      waiting or receiving, then answering; of the peer with the most of them; the oldest in its state
 *   too many of a peer   the same, of that peer
 *
 * Whoever sends a request in one go is done long before they are the oldest: with 800 new connections a second, after
 * 0.3 s.
 */
export function limitConnections(server: Server, limits: ConnectionLimits): void {
    const { most, mostPerPeer, isShared = isThisMachine } = limits;
    // In the order in which they entered their state; a change of state moves one to the end.
    const all = new Map<Socket, { readonly peer: string; request: IncomingMessage | undefined }>();
    const heldOf = ({
        peer,
        request,
    }: {
        readonly peer: string;
        readonly request: IncomingMessage | undefined;
    }): Held => {
        if (request === undefined) return { peer, state: "waiting" };
        return { peer, state: request.complete ? "answering" : "receiving" };
    };
    const enter = (socket: Socket, request: IncomingMessage | undefined) => {
        const entry = all.get(socket);
        if (entry === undefined) return;
        all.delete(socket);
        all.set(socket, { ...entry, request });
    };
    const makeRoom = (isOne: (held: Held) => boolean, newcomer: Socket) => {
        const others = [...all].filter(([socket]) => socket !== newcomer);
        const index = victimIn(
            others.map(([, entry]) => heldOf(entry)),
            isOne,
        );
        others[index]?.[0].destroy();
    };
    // The operating system's limits come first beyond this; closing takes a moment.
    server.maxConnections = most * 4;
    server.on("connection", (socket) => {
        const peer = peerOf(socket.remoteAddress);
        all.set(socket, { peer, request: undefined });
        socket.once("close", () => all.delete(socket));
        const ofPeer = [...all.values()].filter((entry) => entry.peer === peer).length;
        if (ofPeer > mostPerPeer && !isShared(socket.remoteAddress)) makeRoom((held) => held.peer === peer, socket);
        else if (all.size > most) makeRoom(() => true, socket);
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
        enter(request.socket, request);
        response.once("close", () => enter(request.socket, undefined));
    });
}

/**
 * Which connection is closed to make room; -1 where there is none.
 *
 * @param held In the order in which they entered their state.
 */
export function victimIn(held: readonly Held[], isOne: (held: Held) => boolean = () => true): number {
    const counts = new Map<string, number>();
    for (const { peer } of held) counts.set(peer, (counts.get(peer) ?? 0) + 1);
    let [found, best] = [-1, -1];
    for (const [index, each] of held.entries()) {
        if (!isOne(each)) continue;
        // Any connection without an answer goes before any that has one; a peer has fewer connections than this.
        const worth = (each.state === "answering" ? 0 : MANY) + (counts.get(each.peer) ?? 0);
        if (worth > best) [found, best] = [index, worth];
    }
    return found;
}

const MANY = 1_000_000;
