import type { Departure } from "./checkedTime";

/** A sentence, without a full stop, that the wall clock is not used, and what is used instead. */
export function departureText({ byMs, from }: Departure): string {
    const by = `${Math.round(Math.abs(byMs) / 1000)} s ${byMs > 0 ? "ahead of" : "behind"}`;
    return from === "okta"
        ? `this machine's clock is ${by} Okta's: grants start and end by Okta's time until the two agree`
        : `this machine's clock is ${by} elapsed time, and no answer of Okta's has given the time since it moved: ` +
              "grants start and end by elapsed time";
}
