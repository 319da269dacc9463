import { randomUUID } from "node:crypto";
import { createOAuthState, type OAuthState } from "../access/oauthState";
import type { EmulatorOptions } from "../emulator";
import { createFaults, type Faults } from "../faults/faults";
import { createRateLimits, type RateLimits } from "../http/rateLimit";
import type { FullSeed } from "../seed";
import { freshOrg } from "./fresh";
import { createIds, type Ids } from "./ids";
import { createJournal, type Journal } from "./journal";
import type { Org } from "./org";

/** All that a request may touch. */
export interface World {
    /** `http://127.0.0.1:PORT`, which stands in for the organisation's address in every link. */
    readonly url: string;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    readonly ids: Ids;
    readonly lastUpdatedOfPut: "stale" | "fresh";
    readonly org: Org;
    readonly journal: Journal;
    readonly faults: Faults;
    readonly limits: RateLimits;
    readonly oauth: OAuthState;
}

/** A world that can be moved to its address, once there is one, and put back to its beginning. */
export interface MutableWorld {
    readonly world: World;
    readonly locate: (url: string) => void;
    readonly reset: () => void;
}

/** How many calls a window has in the bucket `/api/v1` of a One App organisation, as Okta last published. */
const RATE_LIMIT = 600;

export function createWorld(options: EmulatorOptions, seed: FullSeed): MutableWorld {
    const { now = Date.now, rateLimit = RATE_LIMIT, idSeed = randomUUID(), lastUpdatedOfPut = "stale" } = options;
    const begin = () => {
        const ids = createIds(idSeed);
        return { ids, org: freshOrg(seed, ids, now()), oauth: createOAuthState(seed.accessTokens, now) };
    };
    const world = {
        url: "",
        now,
        lastUpdatedOfPut,
        journal: createJournal(now),
        faults: createFaults(),
        limits: createRateLimits(rateLimit, now),
        ...begin(),
    };
    const recordSeed = () => {
        for (const zone of world.org.zones.values()) world.journal.record(zone, "seed");
    };
    recordSeed();
    return {
        world,
        locate: (url) => {
            world.url = url;
        },
        reset: () => {
            for (const part of [world.journal, world.faults, world.limits]) part.clear();
            Object.assign(world, begin());
            recordSeed();
        },
    };
}
