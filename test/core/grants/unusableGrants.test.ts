import { strict as assert } from "node:assert";

import { readEntries, reportUnusable } from "../../../src/core/grants/grantsDocument";

const GOOD = { id: "g1", ip: "198.51.100.1", expiresAt: "2026-12-01T12:00:00Z" };
const read = (...entries: readonly unknown[]) => readEntries(entries, { widestPrefix: 24 });

describe("an unusable grant in readEntries", () => {
    const noId = "is missing; every grant needs an id of its own";
    const oddId = "is neither a text nor a number; every grant needs an id of its own";
    const longId = "is empty or longer than 200 characters";
    const noIp = "is not an address, a CIDR, a range a-b, or a list of 1 to 100 of these";
    const noEnd = "is missing; give a moment such as 2026-12-01T18:00:00Z, or say permanent: true";
    const noMoment = (shown: string) => `${shown} is not a moment with a time zone, such as 2026-12-01T18:00:00Z`;
    const noMomentEither = (shown: string) =>
        `${noMoment(shown)}: the day has to exist, the time needs its seconds, and an offset is written as +01:00`;
    const noLabel = "a label is a text, a number or a boolean";
    const noMerge =
        "is a merge key of YAML 1.1, which is not read; write its fields in the entry, or use aliases for values";
    const noMap = "is not a map such as { app: payroll }";

    const table: [change: object, id: string, field: string, reason: string][] = [
        [{ id: undefined }, "grant 2", "id", noId],
        [{ id: null }, "grant 2", "id", noId],
        [{ id: "" }, "grant 2", "id", longId],
        [{ id: "x".repeat(201) }, "x".repeat(200), "id", longId],
        [{ id: true }, "grant 2", "id", "is true, which is no text; put it in quotes"],
        [{ id: false }, "grant 2", "id", "is false, which is no text; put it in quotes"],
        [{ id: ["g1"] }, "grant 2", "id", oddId],
        [{ id: { of: 7 } }, "grant 2", "id", oddId],
        [{ user: ["ana"] }, "g1", "user", "is not a text"],
        [{ user: true }, "g1", "user", "is true, which is no text; put it in quotes"],
        [{ user: "x".repeat(321) }, "g1", "user", "is longer than 320 characters"],
        [{ ip: undefined }, "g1", "ip", noIp],
        [{ ip: null }, "g1", "ip", noIp],
        [{ ip: 3325256705 }, "g1", "ip", noIp],
        [{ ip: [] }, "g1", "ip", noIp],
        [{ ip: ["198.51.100.1", 7] }, "g1", "ip", noIp],
        [{ ip: Array(101).fill("198.51.100.1") }, "g1", "ip", noIp],
        [{ ip: "" }, "g1", "ip", '"" is not an IPv4 address, CIDR or range'],
        [{ ip: "198.51.100.300" }, "g1", "ip", '"198.51.100.300" is not an IPv4 address, CIDR or range'],
        [{ ip: ["198.51.100.1", "x"] }, "g1", "ip", '"x" is not an IPv4 address, CIDR or range'],
        [
            { ip: "198.51.100.7/24" },
            "g1",
            "ip",
            '"198.51.100.7/24" has host bits; write 198.51.100.0/24 or 198.51.100.7/32',
        ],
        [
            { ip: "2001:db8::1" },
            "g1",
            "ip",
            '"2001:db8::1" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address',
        ],
        [
            { ip: "10.0.0.0/8" },
            "g1",
            "ip",
            '"10.0.0.0/8" holds 16777216 addresses; at most 256 (a /24) may be granted at once',
        ],
        [{ expiresAt: undefined }, "g1", "expiresAt", noEnd],
        [{ expiresAt: undefined, permanent: false }, "g1", "expiresAt", noEnd],
        [{ expiresAt: 1796126400 }, "g1", "expiresAt", noMoment("1796126400")],
        [{ expiresAt: [GOOD.expiresAt] }, "g1", "expiresAt", noMoment("a list")],
        [{ expiresAt: { at: GOOD.expiresAt } }, "g1", "expiresAt", noMoment("a map")],
        [{ expiresAt: "1 December 2026" }, "g1", "expiresAt", noMoment('"1 December 2026"')],
        [{ expiresAt: "2026-12-01" }, "g1", "expiresAt", noMoment('"2026-12-01"')],
        [{ expiresAt: "2026-12-01T12:00:00" }, "g1", "expiresAt", noMoment('"2026-12-01T12:00:00"')],
        [{ expiresAt: "2026-12-01T12:00Z" }, "g1", "expiresAt", noMomentEither('"2026-12-01T12:00Z"')],
        [{ expiresAt: "2026-11-31T12:00:00Z" }, "g1", "expiresAt", noMomentEither('"2026-11-31T12:00:00Z"')],
        [{ expiresAt: "2026-12-01T25:00:00Z" }, "g1", "expiresAt", noMomentEither('"2026-12-01T25:00:00Z"')],
        [{ expiresAt: "2026-12-01T12:00:00+0100" }, "g1", "expiresAt", noMomentEither('"2026-12-01T12:00:00+0100"')],
        [{ startsAt: "soon" }, "g1", "startsAt", noMoment('"soon"')],
        [{ startsAt: GOOD.expiresAt }, "g1", "expiresAt", "is not after startsAt"],
        [{ startsAt: "2026-12-01T12:00:01Z" }, "g1", "expiresAt", "is not after startsAt"],
        [{ permanent: true }, "g1", "expiresAt", "is given although the grant is permanent: keep one of the two"],
        [{ permanent: "yes" }, "g1", "permanent", "is neither true nor false"],
        [{ reason: [7] }, "g1", "reason", "is not a text"],
        [{ reason: false }, "g1", "reason", "is false, which is no text; put it in quotes"],
        [{ reason: "x".repeat(1001) }, "g1", "reason", "is longer than 1000 characters"],
        [{ labels: [] }, "g1", "labels", noMap],
        [{ labels: "payroll" }, "g1", "labels", noMap],
        [{ labels: { app: null } }, "g1", "labels", noLabel],
        [{ labels: { app: ["payroll"] } }, "g1", "labels", noLabel],
        [{ "<<": { startsAt: "2026-11-30T12:00:00Z" } }, "g1", "<<", noMerge],
        [{ "<<": [{ user: "ana" }, { permanent: true }] }, "g1", "<<", noMerge],
    ];
    const neighbours = [
        { ...GOOD, id: "before" },
        { ...GOOD, id: "after" },
    ] as const;
    const { grants } = read(...neighbours);

    for (const [change, id, field, reason] of table) {
        const shown = (JSON.stringify(change) === "{}" ? `no ${Object.keys(change)}` : JSON.stringify(change)).slice(
            0,
            60,
        );
        it(`with ${shown} is left out, and its neighbours are not`, () => {
            const [before, after] = neighbours;
            const reading = read(before, { ...GOOD, ...change }, after);
            assert.deepEqual([reading.grants, reportUnusable(reading.unusable)], [grants, [{ id, field, reason }]]);
        });
    }

    describe("has its addresses", () => {
        const one = [{ low: 0xc6336401, high: 0xc6336401 }];
        const rows: [because: string, entries: readonly object[], spans: readonly object[] | undefined][] = [
            ["when the id is missing", [{ ...GOOD, id: undefined }], one],
            ["when the end is missing", [{ ...GOOD, expiresAt: undefined }], one],
            ["when the end has no time zone", [{ ...GOOD, expiresAt: "2026-12-01T12:00:00" }], one],
            ["when it ends before it starts", [{ ...GOOD, startsAt: "2027-01-01T00:00:00Z" }], one],
            ["when the labels are no map", [{ ...GOOD, labels: 7 }], one],
            ["when an earlier grant has its id", [{ ...GOOD, ip: "203.0.113.7" }, GOOD], one],
            ["all of a list", [{ ...GOOD, user: true, ip: ["198.51.100.1", "198.51.100.1/32"] }], [...one, ...one]],
            ["those that can be read", [{ ...GOOD, ip: ["198.51.100.1", "x", "2001:db8::7"] }], one],
            ["with something behind it", [{ ...GOOD, ip: "198.51.100.1 # ana" }], one],
            ["in another field", [{ ...GOOD, ip: undefined, IP: "198.51.100.1" }], one],
            ["in a field of any name", [{ id: "g1", where: ["198.51.100.1"], permanent: true }], one],
            ["with host bits", [{ ...GOOD, ip: "198.51.100.1/31" }], [{ low: 0xc6336400, high: 0xc6336401 }]],
            ["as a range", [{ ...GOOD, ip: "198.51.100.1 - 198.51.100.1" }], one],
            ["when Okta never sees it", [{ ...GOOD, ip: "10.0.0.1" }], [{ low: 0x0a000001, high: 0x0a000001 }]],
            ["not when they are too many", [{ ...GOOD, user: true, ip: "0.0.0.0/0" }], undefined],
            ["not when only they are wrong", [{ ...GOOD, ip: "198.51.0.0/16" }], undefined],
            ["not when they are no addresses", [{ ...GOOD, ip: "198.51.100.1.1, 1.2.3, 300.1.1.1" }], undefined],
            ["not when they are IPv6", [{ ...GOOD, ip: "2001:db8::7" }], undefined],
            ["not when there are none", [{ ...GOOD, ip: null }], undefined],
        ];
        for (const [because, entries, spans] of rows) {
            it(because, () => assert.deepEqual(read(...entries).unusable.at(-1)?.spans, spans));
        }

        it("by which it may be any grant that is missing, when it has no id of its own", () => {
            const entries = [
                GOOD,
                { ...GOOD, ip: "203.0.113.7" },
                { ...GOOD, id: null },
                { ...GOOD, id: "g2", ip: "x" },
            ];
            assert.deepEqual(
                read(...entries).unusable.map(({ isNameless = false }) => isNameless),
                [true, true, false],
            );
        });

        it("which are not reported", () => {
            const { unusable } = read({ ...GOOD, expiresAt: undefined });
            assert.deepEqual(Object.keys(reportUnusable(unusable)[0] ?? {}), ["id", "field", "reason"]);
        });
    });

    it("may hold lists that are too deep for JSON.stringify", () => {
        const expiresAt = JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown;
        assert.equal(read({ ...GOOD, expiresAt }).unusable[0]?.reason, noMoment("a list"));
    });

    for (const entry of [null, undefined, 7, "ana", [], [GOOD]]) {
        it(`may be ${JSON.stringify(entry)}`, () => {
            assert.deepEqual(read(entry, GOOD), {
                grants: read(GOOD).grants,
                unusable: [
                    {
                        id: "grant 1",
                        isNameless: true,
                        field: "id",
                        reason: "is not a grant with fields such as id, ip and expiresAt",
                    },
                ],
            });
        });
    }
});
