import { strict as assert } from "node:assert";
import * as fc from "fast-check";

import { applyLogEvents, loginsDocument, loginsSince } from "../../../src/core/grants/logins";
import { NOW } from "../../support/grants";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (minute: number) => new Date(NOW + minute * MINUTE).toISOString();

interface Made {
    readonly user?: string;
    readonly ip?: string | null;
    readonly session?: string;
    readonly result?: string;
    readonly uuid?: string;
}

const event = (
    type: string,
    minute: number,
    { user = "ana", ip = "198.51.100.1", session, result = "SUCCESS", uuid }: Made = {},
) => ({
    uuid: uuid ?? `uuid of ${type} ${minute}`,
    published: at(minute),
    eventType: `user.session.${type}`,
    actor: { id: `00u-${user}`, type: "User", alternateId: `${user}@example.com` },
    client: { ipAddress: ip },
    outcome: { result },
    ...(session && { authenticationContext: { externalSessionId: session } }),
});
const start = (minute: number, made?: Made) => event("start", minute, made);
const end = (minute: number, made?: Made) => event("end", minute, made);
const clear = (minute: number, ...users: readonly string[]) => ({
    ...event("clear", minute, { user: "admin" }),
    target: users.map((user) => ({ id: `00u-${user}`, type: "User" })),
});

/** User, address, and the minute at which it ends, with log-ins that last an hour. */
function granted(...events: readonly unknown[]): readonly string[] {
    const { grants } = loginsDocument(applyLogEvents(new Map(), events), HOUR);
    return (grants as { user: string; ip: string; expiresAt: string }[]).map(
        ({ user, ip, expiresAt }) => `${user.split("@")[0]} ${ip} ${(Date.parse(expiresAt) - NOW) / MINUTE}`,
    );
}

describe("applyLogEvents", () => {
    const s1 = { session: "s1" };
    const s2 = { session: "s2" };
    const table: [because: string, events: readonly unknown[], grants: readonly string[]][] = [
        ["a log-in grants its address", [start(0, s1)], ["ana 198.51.100.1 60"]],
        ["a log-in that failed grants nothing", [start(0, { ...s1, result: "FAILURE" })], []],
        [
            "a log-out ends its session, from wherever it comes",
            [start(0, s1), end(5, { ...s1, ip: "203.0.113.9" })],
            [],
        ],
        ["a log-out that is told first ends it too", [end(5, s1), start(0, s1)], []],
        ["a log-in that is told again does not revive it", [start(0, s1), end(5, s1), start(0, s1)], []],
        ["a log-out ends no other session", [start(0, s1), start(1, s2), end(5, s1)], ["ana 198.51.100.1 61"]],
        [
            "the latest session from an address counts",
            [start(0, s1), start(9, s2), end(10, s2)],
            ["ana 198.51.100.1 60"],
        ],
        [
            "each address of a user is a grant, and so is each user of an address",
            [start(0, s1), start(1, { ...s2, ip: "198.51.100.2" }), start(2, { user: "ben", session: "s3" })],
            ["ana 198.51.100.1 60", "ana 198.51.100.2 61", "ben 198.51.100.1 62"],
        ],
        ["without a session's id a log-out ends what the user has from there", [start(0), end(5)], []],
        [
            "without it, and from elsewhere, it ends nothing",
            [start(0), end(5, { ip: "203.0.113.9" })],
            ["ana 198.51.100.1 60"],
        ],
        ["without it, it ends no later session", [start(7), end(5)], ["ana 198.51.100.1 67"]],
        [
            "an unknown session is none",
            [start(0, { session: "unknown" }), start(1, { session: "unknown" })],
            ["ana 198.51.100.1 61"],
        ],
        [
            "sessions that were cleared grant nothing",
            [start(0, s1), start(1, { ...s2, user: "ben" }), clear(5, "ana")],
            ["ben 198.51.100.1 61"],
        ],
        ["a log-in after the clearing does", [clear(5, "ana"), start(6, s1)], ["ana 198.51.100.1 66"]],
        [
            "an IPv6 address is kept, for the reader of documents to name",
            [start(0, { ...s1, ip: "2001:db8::1" })],
            ["ana 2001:db8::1 60"],
        ],
        ["so is one that is missing", [start(0, { ...s1, ip: null })], ["ana  60"]],
        [
            "nonsense is no event",
            [null, 7, {}, { eventType: "user.session.start" }, { ...start(0), published: "x" }],
            [],
        ],
    ];
    for (const [because, events, grants] of table) {
        it(because, () => assert.deepEqual(granted(...events), grants));
    }

    it("changes nothing for events that are told again, as after a crash", () => {
        const anyEvent = fc.record({
            type: fc.constantFrom("start", "end", "clear"),
            user: fc.constantFrom("ana", "ben"),
            session: fc.constantFrom("s1", "s2", "s3", undefined),
            minute: fc.nat(99),
        });
        const log = fc.uniqueArray(anyEvent, { maxLength: 15, selector: ({ minute }) => minute }).map((made) =>
            [...made]
                .sort((a, b) => a.minute - b.minute)
                .map(({ type, user, session, minute }) => {
                    if (type === "clear") return clear(minute, user);
                    return event(type, minute, { user, ...(session && { session: `${user} ${session}` }) });
                }),
        );
        fc.assert(
            fc.property(log, fc.nat(14), (events, from) => {
                const once = applyLogEvents(new Map(), events);
                const again = applyLogEvents(once, events.slice(from));
                assert.deepEqual(loginsDocument(again, HOUR), loginsDocument(once, HOUR));
            }),
        );
    });
});

describe("loginsSince", () => {
    it("forgets what would have ended by now, also what ended before", () => {
        const logins = applyLogEvents(new Map(), [
            start(0, { session: "s1" }),
            end(1, { session: "s1" }),
            start(2, { session: "s2" }),
        ]);
        assert.deepEqual([...loginsSince(logins, NOW).keys()], ["s2"]);
        assert.deepEqual([...loginsSince(logins, NOW - 1).keys()], ["s1", "s2"]);
    });
});
