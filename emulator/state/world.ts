import type { Client } from "../access/client";
import type { OAuthState } from "../access/oauthState";
import type { Faults } from "../faults/faults";
import type { RateLimits } from "../http/rateLimit";
import type { OpenIdState } from "../openid/openIdState";
import type { Ids } from "./ids";
import type { Journal } from "./journal";
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
    /** Of people who signed in. */
    readonly openId: OpenIdState;
    readonly client: Client;
}
