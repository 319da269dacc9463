import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import { isThisMachine, peerOf } from "../caller/peer";

export interface ConnectionLimits {
    /** The most connections in all. */
    readonly most: number;
    /** The most connections of one peer. */
    readonly mostPerPeer: number;
    /**
     * Whether a remote address has no limit of its own, as many clients may share it. @default addresses of this
     * machine, where a proxy may be
     */
    readonly isShared?: (remoteAddress: string | undefined) => boolean;
}

/** A connection, with what decides whether it is closed. */
export interface Held {
    readonly peer: string;
    /**
     *   waiting     no request in progress: its head has not arrived, or the previous one is answered
     *   receiving   the body of a request is being received
     *   answering   the request is there, and its answer, or a stream of events, is not finished
     */
    readonly state: "waiting" | "receiving" | "answering";
}

/**
 * Makes room for each new connection, so that clients with many connections, or with unfinished requests, do not block
 * others: probes and confirmations come on connections of their own.
 *
 *   there are            closed, by this priority
 *   too many in all      waiting or receiving, then answering; of the peer with the most of them; the oldest in its state
 *   too many of a peer   the same, of that peer
 *
 * A client that sends its request at once is served long before its connection is the oldest: with 800 new connections a
 * second, it has 0.3 s.
 */
export function limitConnections(server: Server, limits: ConnectionLimits): void {
    const { most, mostPerPeer, isShared = isThisMachine } = limits;
    // In the order in which they entered their state; a change of state moves a connection to the end.
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
    const counts = new Map<string, number>();
    const count = (peer: string, by: 1 | -1) => {
        const there = (counts.get(peer) ?? 0) + by;
        if (there === 0) counts.delete(peer);
        else counts.set(peer, there);
        return there;
    };
    // An upper bound for connections that are being closed.
    server.maxConnections = most * 4;
    server.on("connection", (socket) => {
        const peer = peerOf(socket.remoteAddress);
        all.set(socket, { peer, request: undefined });
        const ofPeer = count(peer, 1);
        socket.once("close", () => {
            all.delete(socket);
            count(peer, -1);
        });
        if (ofPeer > mostPerPeer && !isShared(socket.remoteAddress)) makeRoom((held) => held.peer === peer, socket);
        else if (all.size > most) makeRoom(() => true, socket);
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
        enter(request.socket, request);
        response.once("close", () => enter(request.socket, undefined));
    });
}

/**
 * The index of the connection to close for a new one; -1 if there is none.
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
