import type { RateLimitPluginOptions } from "@fastify/rate-limit";
import type { FastifyRequest } from "fastify";

import { peerOf } from "../../agent/http/caller/peer";
import { clientAddress } from "../../core/portal/clientAddress";
import type { PortalSettings } from "../../core/portal/settings/portalSettings";
import { hashOf } from "../sessions";
import type { Cookies } from "./cookies";

/** How often one session or token may ask in a minute; and one address for all that is not known. */
const [KNOWN_PER_MINUTE, STRANGERS_PER_MINUTE] = [6_000, 1_200];

const MOST_KNOWN = 50_000;

/** Cookies and tokens that were believed lately. A made-up one is that of a stranger. */
export interface KnownCallers {
    note(text: string): void;
    has(text: string): boolean;
}

export function openKnownCallers(most = MOST_KNOWN): KnownCallers {
    const hashes = new Set<string>();
    return {
        note(text) {
            const hash = hashOf(text);
            hashes.delete(hash);
            hashes.add(hash);
            const [oldest] = hashes;
            if (hashes.size > most && oldest !== undefined) hashes.delete(oldest);
        },
        has: (text) => hashes.has(hashOf(text)),
    };
}

/**
 * By session or token where it is known, else by the visitor's address: behind a proxy the one that the proxy names, so that nobody can
 * use up what is left for the others.
 */
export function rateLimits(
    { trustedProxies }: Pick<PortalSettings, "trustedProxies">,
    cookies: Cookies,
    known: KnownCallers,
): RateLimitPluginOptions {
    const keyOf = (request: FastifyRequest) => {
        const shown = cookies.session(request) ?? request.headers.authorization;
        if (shown !== undefined && known.has(shown)) return `known ${hashOf(shown)}`;
        const peer = request.socket.remoteAddress;
        const { address } = clientAddress({ peer, headers: request.headers, trustedProxies });
        return `address ${peerOf(address ?? peer)}`;
    };
    return {
        max: (_request, key) => (key.startsWith("known ") ? KNOWN_PER_MINUTE : STRANGERS_PER_MINUTE),
        timeWindow: 60_000,
        keyGenerator: keyOf,
        errorResponseBuilder: (_request, { ttl }) => {
            const sentence = `too many requests: come back in ${Math.ceil(ttl / 1000)} s`;
            return Object.assign(new Error(sentence), { problem: { status: 429, code: "portal-busy", sentence } });
        },
    };
}
