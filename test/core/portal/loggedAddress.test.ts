import { strict as assert } from "node:assert";

import { loggedAddress, SKEW_MS } from "../../../src/core/portal/loggedAddress";

const [SINCE, UNTIL] = [Date.parse("2026-12-01T12:00:00Z"), Date.parse("2026-12-01T12:01:00Z")];
const SIGN_IN = { sub: "00uAna", clientId: "0oaPortal", sinceMs: SINCE, untilMs: UNTIL };

const event = (changed: object = {}) => ({
    eventType: "user.authentication.sso",
    published: new Date(SINCE + 10_000).toISOString(),
    actor: { id: "00uAna" },
    outcome: { result: "SUCCESS" },
    client: { ipAddress: "198.51.100.9" },
    target: [
        { type: "AppUser", id: "0uaAna" },
        { type: "AppInstance", id: "0oaPortal" },
    ],
    ...changed,
});
const from = (ipAddress: unknown) => ({ client: { ipAddress } });
const at = (ms: number) => ({ published: new Date(ms).toISOString() });

/** What the log has, and the address; undefined where nothing is known yet, and "several" where nobody can tell. */
const ROWS: Readonly<Record<string, readonly [events: readonly unknown[], expected: string | undefined]>> = {
    "one sign-in": [[event()], "198.51.100.9"],
    "the same one twice": [[event(), event(at(SINCE + 20_000))], "198.51.100.9"],
    "one of IPv4 in IPv6": [[event(from("::ffff:198.51.100.9"))], "198.51.100.9"],
    "one by IPv6": [[event(from("2001:DB8::1"))], "2001:db8::1"],
    "one as early as the clocks may differ": [[event(at(SINCE - SKEW_MS))], "198.51.100.9"],
    "one as late as the clocks may differ": [[event(at(UNTIL + SKEW_MS))], "198.51.100.9"],
    "sign-ins from two addresses": [[event(), event(from("203.0.113.7"))], "several"],
    "one for us, and one from elsewhere that failed": [
        [event(), event({ ...from("203.0.113.7"), outcome: { result: "FAILURE" } })],
        "198.51.100.9",
    ],
    "one for us, and one of somebody else": [
        [event(), event({ ...from("203.0.113.7"), actor: { id: "00uBob" } })],
        "198.51.100.9",
    ],
    nothing: [[], undefined],
    "one that failed": [[event({ outcome: { result: "FAILURE" } })], undefined],
    "one of somebody else": [[event({ actor: { id: "00uBob" } })], undefined],
    "one for another app": [[event({ target: [{ type: "AppInstance", id: "0oaOther" }] })], undefined],
    "one of which the app's id is another kind of target": [
        [event({ target: [{ type: "AppUser", id: "0oaPortal" }] })],
        undefined,
    ],
    "one for no app": [[event({ target: undefined })], undefined],
    "a session that starts, which is no sign-in for an app": [[event({ eventType: "user.session.start" })], undefined],
    "one from before": [[event(at(SINCE - SKEW_MS - 1))], undefined],
    "one from later": [[event(at(UNTIL + SKEW_MS + 1))], undefined],
    "one without a time": [[event({ published: "yesterday" })], undefined],
    "one without an address": [[event({ client: {} })], undefined],
    "one from nonsense": [[event(from("nonsense"))], undefined],
    "no events": [[null, "x", 7, []], undefined],
};

describe("loggedAddress", () => {
    for (const [what, [events, expected]] of Object.entries(ROWS)) {
        it(`of ${what} is ${expected ?? "not known"}`, () => {
            const { address, problem } = loggedAddress(events, SIGN_IN);
            assert.equal(problem?.includes("several") === true ? "several" : address, expected);
            assert.equal(problem === undefined, address !== undefined);
        });
    }
});
