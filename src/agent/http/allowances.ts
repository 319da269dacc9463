import { openTokenBucket, type TokenBucket, type TokenBucketOptions } from "./tokenBucket";

type Size = Pick<TokenBucketOptions, "burst" | "perSecond">;

/** How often things may be asked for, all askers together. Each of these has proved itself, or asks for what all may see. */
const SHARED = {
    reads: { burst: 60, perSecond: 20 },
    /** Metrics that are made anew; beyond that the last ones are given again. */
    metrics: { burst: 20, perSecond: 5 },
    /** Deliveries with a valid signature. */
    signed: { burst: 200, perSecond: 50 },
    /** Deliveries with a valid signature that were accepted before: whoever overheard one can send it again. */
    repeated: { burst: 20, perSecond: 5 },
    changes: { burst: 10, perSecond: 1 },
    denials: { burst: 100, perSecond: 10 },
} satisfies Readonly<Record<string, Size>>;

/**
 * For those who have not proved themselves, so that they use up nobody else's: for each peer, and for all of them.
 * What is left says only whether they are told what is wrong, or to come back later.
 */
const OF_PEERS = {
    /** Without the right token. */
    strangers: { perPeer: { burst: 20, perSecond: 5 }, overall: { burst: 100, perSecond: 50 } },
    /** Deliveries without a valid signature. */
    unsigned: { perPeer: { burst: 50, perSecond: 20 }, overall: { burst: 200, perSecond: 100 } },
} satisfies Readonly<Record<string, { readonly perPeer: Size; readonly overall: Size }>>;

export type AllowanceName = keyof typeof SHARED | keyof typeof OF_PEERS;

export interface Allowances {
    /** Takes one; the seconds to wait where there is none left. @param peer See peerOf; counts for those of peers only. */
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
    /** Peers that are remembered; the one that was heard of longest ago is forgotten first. @default 1024 */
    readonly mostPeers?: number;
    now(): number;
}

/** An allowance for each peer, and one for all. A peer that has used up its own draws nothing from that of all. */
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
