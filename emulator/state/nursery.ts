import type { FullSeed } from "../seed";
import type { Ids } from "./ids";

/** What seeds are turned into things with. */
export interface Nursery {
    readonly seed: FullSeed;
    readonly ids: Ids;
    readonly nowMs: number;
    /** The same as Okta writes it. */
    readonly now: string;
}
