import { openTokenBucket, type TokenBucket, type TokenBucketOptions } from "./tokenBucket";

type Size = Pick<TokenBucketOptions, "burst" | "perSecond">;

/** Rate limits that all clients share. These requests are authenticated, or for public data. */
const SHARED = {
    reads: { burst: 60, perSecond: 20 },
    /** Metrics that are computed again; above this rate the latest ones are answered. */
    metrics: { burst: 20, perSecond: 5 },
    /** Deliveries with a valid signature. */
    signed: { burst: 200, perSecond: 50 },
    /** Deliveries with a valid signature that were accepted before: an attacker could replay one. */
    repeated: { burst: 20, perSecond: 5 },
    changes: { burst: 10, perSecond: 1 },
    denials: { burst: 100, perSecond: 10 },
} satisfies Readonly<Record<string, Size>>;

/**
 * Rate limits of unauthenticated requests, for each peer and for all peers, so that they do not use up those of other
 * clients. Beyond the limit, the answer is 429 instead of the reason.
 */
const OF_PEERS = {
    /** Without the right token. */
    strangers: { perPeer: { burst: 20, perSecond: 5 }, overall: { burst: 100, perSecond: 50 } },
    /** Deliveries without a valid signature. */
    unsigned: { perPeer: { burst: 50, perSecond: 20 }, overall: { burst: 200, perSecond: 100 } },
} satisfies Readonly<Record<string, { readonly perPeer: Size; readonly overall: Size }>>;

export type AllowanceName = keyof typeof SHARED | keyof typeof OF_PEERS;

export interface Allowances {
    /**
     * Takes a token; returns the seconds to wait if there is none. @param peer See peerOf; only for limits of peers.
     */
    take(name: AllowanceName, peer: string): number | undefined;
}

export function openAllowances(now: () => number): Allowances {
    const shared = new Map<AllowanceName, TokenBucket>();
    for (const [name, size] of Object.entries(SHARED)) {
        shared.set(name as AllowanceName, openTokenBucket({ ...size, now }));
    }
    const ofPeers = new Map<AllowanceName, PeerAllowance>();
    for (const [name, sizes] of Object.entries(OF_PEERS)) {
        ofPeers.set(name as AllowanceName, openPeerAllowance({ ...sizes, now }));
    }
    return { take: (name, peer) => shared.get(name)?.take() ?? ofPeers.get(name)?.take(peer) };
}

export interface PeerAllowance {
    take(peer: string): number | undefined;
}

export interface PeerAllowanceOptions {
    readonly perPeer: Size;
    readonly overall: Size;
    /** The most peers that are remembered; the least recent one is forgotten first. @default 1024 */
    readonly mostPeers?: number;
    now(): number;
}

/** A rate limit for each peer, and one for all. A peer above its own limit takes nothing from that of all. */
export function openPeerAllowance({ perPeer, overall, mostPeers = 1024, now }: PeerAllowanceOptions): PeerAllowance {
    const all = openTokenBucket({ ...overall, now });
    const peers = new Map<string, TokenBucket>();
    return {
        take(peer) {
            const own = peers.get(peer) ?? openTokenBucket({ ...perPeer, now });
            peers.delete(peer);
            peers.set(peer, own);
            const [oldest] = peers.keys();
            if (peers.size > mostPeers && oldest !== undefined) peers.delete(oldest);
            return own.take() ?? all.take();
        },
    };
}
