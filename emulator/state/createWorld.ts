import { randomUUID } from "node:crypto";

import { createOAuthState } from "../access/oauthState";
import { createFaults } from "../faults/faults";
import { createRateLimits } from "../http/rateLimit";
import { createOpenIdState } from "../openid/openIdState";
import type { FullSeed } from "../seed";
import { documentOf } from "./document";
import { freshOrg } from "./fresh";
import { createIds } from "./ids";
import { createJournal } from "./journal";
import type { World } from "./world";

export interface WorldOptions {
    /** Milliseconds since 1970. @default Date.now */
    readonly now?: () => number;
    /** Calls per 60 s of the bucket `/api/v1`; see createRateLimits. @default 600 */
    readonly rateLimit?: number;
    /** The same word gives the same ids. @default another one each time */
    readonly idSeed?: string;
    /**
     * What the answer to a PUT of a zone says: the moment of the change before,
     * as recorded since 2025, or the moment of this one, as recorded in 2021.
     *
     * @default "stale"
     */
    readonly lastUpdatedOfPut?: "stale" | "fresh";
}

/** A world that can be moved to its address, once there is one, and put back to its beginning. */
export interface MutableWorld {
    readonly world: World;
    readonly locate: (url: string) => void;
    readonly reset: () => void;
}

/** How many calls a window has in the bucket `/api/v1` of a One App organisation, as Okta last published. */
const RATE_LIMIT = 600;

export function createWorld(options: WorldOptions, seed: FullSeed): MutableWorld {
    const { now = Date.now, rateLimit = RATE_LIMIT, idSeed = randomUUID(), lastUpdatedOfPut = "stale" } = options;
    const begin = () => {
        const ids = createIds(idSeed);
        const org = freshOrg(seed, ids, now());
        const openId = createOpenIdState(ids, secretsOf(seed));
        return { ids, org, oauth: createOAuthState(seed.accessTokens, now), openId };
    };
    const world = {
        url: "",
        now,
        lastUpdatedOfPut,
        journal: createJournal(now),
        faults: createFaults(),
        limits: createRateLimits(rateLimit, now),
        client: { ipChain: undefined as readonly string[] | undefined },
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
            world.client.ipChain = undefined;
            Object.assign(world, begin());
            recordSeed();
        },
    };
}

/** The client secrets that the seed's apps name, by client id. */
function secretsOf({ apps }: FullSeed): ReadonlyMap<string, string> {
    const named = apps.flatMap((app): [string, string][] => {
        const { client_id: id = app.id, client_secret: secret } = documentOf(documentOf(app.credentials).oauthClient);
        return typeof id === "string" && typeof secret === "string" ? [[id, secret]] : [];
    });
    return new Map(named);
}
