import { EventEmitter } from "node:events";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

import type { CertificateFacts } from "../core/outgoing/connectionFault";
import { tunnelAgent, type Via } from "./agents";

/** The time-out of the handshake. */
const PATIENCE_MS = 5_000;

/**
 * The certificates of a server, its own first, trusted or not. Only a handshake is made.
 *
 * @param via The proxy in between.
 * @returns undefined where there is no handshake
 */
export async function shownCertificates(
    url: URL,
    via: Via | undefined,
): Promise<readonly CertificateFacts[] | undefined> {
    let socket: TLSSocket | undefined;
    try {
        socket = await openSocket(url, via);
        return await chainOf(socket);
    } catch {
        return undefined;
    } finally {
        socket?.destroy();
    }
}

/** The certificates of the server at the other end of a connection on which TLS is to begin. */
export async function certificatesOver(socket: Socket, host: string): Promise<readonly CertificateFacts[] | undefined> {
    // Loaded on demand: this file is part of every command.
    const { connect } = require("node:tls") as typeof import("node:tls");
    const named = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const secured = connect({ socket, rejectUnauthorized: false, ...named });
    try {
        return await chainOf(secured);
    } finally {
        secured.destroy();
    }
}

/** Whether the server, or a device before it, resets connections before TLS begins. Connects once more to find out. */
export async function resetsHandshake(url: URL, via: Via | undefined): Promise<boolean> {
    let socket: TLSSocket | undefined;
    try {
        socket = await openSocket(url, via);
        return await isReset(socket);
    } catch {
        return false;
    } finally {
        socket?.destroy();
    }
}

function isReset(socket: TLSSocket): Promise<boolean> {
    return new Promise((resolve) => {
        socket.setTimeout(PATIENCE_MS, () => resolve(false));
        socket.once("secureConnect", () => resolve(false)).once("close", () => resolve(false));
        socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(RESETS.includes(code ?? "")));
    });
}

export const RESETS: readonly string[] = ["ECONNRESET", "EPIPE"];

async function openSocket({ hostname, port }: URL, via: Via | undefined): Promise<TLSSocket> {
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const target = { host, port: Number(port || 443), rejectUnauthorized: false };
    const named = /^[\d.]+$|:/.test(host) ? target : { ...target, servername: host };
    // Loaded on demand: this file is part of every command.
    const { connect } = require("node:tls") as typeof import("node:tls");
    if (via === undefined) return connect(named);
    const agent = tunnelAgent(via.proxy.url, {}, PATIENCE_MS);
    // The agent tells a request of the proxy's answer; there is no request here.
    const nobody = new EventEmitter() as unknown as ClientRequest;
    const socket: Socket = await agent.connect(nobody, { ...named, secureEndpoint: true });
    return socket as TLSSocket;
}

function chainOf(socket: TLSSocket): Promise<readonly CertificateFacts[] | undefined> {
    return new Promise((resolve) => {
        const give = () => resolve(undefined);
        socket.setTimeout(PATIENCE_MS, give);
        socket.once("error", give).once("close", give);
        socket.once("secureConnect", () => resolve(factsOf(socket.getPeerCertificate(true))));
    });
}

/** The chain ends with a self-signed authority, which Node links to itself. */
function factsOf(own: DetailedPeerCertificate | undefined): readonly CertificateFacts[] {
    const chain: CertificateFacts[] = [];
    const seen = new Set<string>();
    for (let next = own; next?.fingerprint256 !== undefined; next = next.issuerCertificate) {
        if (seen.has(next.fingerprint256)) break;
        seen.add(next.fingerprint256);
        chain.push({
            subject: nameOf(next.subject),
            issuer: nameOf(next.issuer),
            validFrom: momentOf(next.valid_from),
            validTo: momentOf(next.valid_to),
        });
    }
    return chain;
}

/** @param name The parts of a distinguished name; one that is there twice is a list. */
function nameOf(name: DetailedPeerCertificate["subject"] | undefined): string {
    const { CN, O, OU } = (name ?? {}) as unknown as Record<string, string | string[] | undefined>;
    const [first = "no name"] = [CN ?? O ?? OU ?? []].flat();
    return first.slice(0, 80);
}

/** Node writes `Nov 29 19:11:04 2026 GMT`. */
function momentOf(text: string): string {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}
