import type { History } from "./history";
import { nastyHistory } from "./nasty";
import { plainHistory } from "./plain";

/** `plain`: faults of Okta, hosts and the source; `nasty`: a source that says what is wrong, and settings that change. */
export type Profile = "plain" | "nasty" | "mixed";

/** The history of a seed. @param profile What goes wrong in it; mixed: every third one is nasty. @default "mixed" */
export function historyOf(seed: number, profile: Profile = "mixed"): History {
    const isNasty = profile === "nasty" || (profile === "mixed" && seed % 3 === 0);
    return isNasty ? nastyHistory(seed) : plainHistory(seed);
}
