import { strict as assert } from "node:assert";
import { formatSpan } from "../../../src/core/addresses/ip";
import { readEntries, readGrantsDocument, reportUnusable } from "../../../src/core/grants/grantsDocument";
import { NOW } from "../../support/grants";

const GOOD = { id: "g1", ip: "198.51.100.1", expiresAt: "2026-12-01T12:00:00Z" };
const LIMITS = { widestPrefix: 24 };

const read = (...entries: readonly unknown[]) => readEntries(entries, LIMITS);

describe("readGrantsDocument", () => {
    it("reads the least that a grant can be", () => {
        const low = 0xc6336401;
        assert.deepEqual(read(GOOD), {
            grants: [{ id: "g1", spans: [{ low, high: low }], labels: {}, expiresAtMs: NOW }],
            unusable: [],
        });
    });

    it("reads all that a grant can be", () => {
        const { grants, unusable } = read({
            ...GOOD,
            user: "ana@example.com",
            ip: ["198.51.100.1", "198.51.100.4-198.51.100.5"],
            startsAt: "2026-12-01T11:00:00Z",
            reason: "INC-4711",
            labels: { app: "payroll", level: 3, urgent: true },
        });
        const spans = grants[0]?.spans.map(formatSpan);
        assert.deepEqual(
            [{ ...grants[0], spans }, unusable],
            [
                {
                    id: "g1",
                    user: "ana@example.com",
                    spans: ["198.51.100.1/32", "198.51.100.4/31"],
                    startsAtMs: NOW - 3_600_000,
                    expiresAtMs: NOW,
                    reason: "INC-4711",
                    labels: { app: "payroll", level: "3", urgent: "true" },
                },
                [],
            ],
        );
    });

    it("takes null for a field that is not there", () => {
        const blank = { user: null, startsAt: null, permanent: null, reason: null, labels: null };
        assert.deepEqual(read({ ...GOOD, ...blank }), read(GOOD));
        assert.deepEqual(read({ ...GOOD, expiresAt: null, permanent: true }).grants[0]?.expiresAtMs, undefined);
    });

    it("knows nothing of other fields", () => {
        assert.deepEqual(read({ ...GOOD, ticket: 7 }), read(GOOD));
    });

    describe("takes for the same", () => {
        const table: [what: string, change: object][] = [
            ["an address with white space around it", { ip: " 198.51.100.1\t" }],
            ["an address, a CIDR and a range of one", { ip: "198.51.100.1-198.51.100.1" }],
            ["a list of one", { ip: ["198.51.100.1/32"] }],
            ["a moment in another time zone", { expiresAt: "2026-12-01T14:00:00+02:00" }],
            ["a moment west of Greenwich", { expiresAt: "2026-12-01T06:30:00-05:30" }],
            ["a moment with a fraction", { expiresAt: "2026-12-01T12:00:00.000Z" }],
            ["a grant that says it is not permanent", { permanent: false }],
        ];
        for (const [what, change] of table) {
            it(what, () => assert.deepEqual(read({ ...GOOD, ...change }), read(GOOD)));
        }

        it("an id that is a number and its text", () => {
            assert.deepEqual(read({ ...GOOD, id: 7 }), read({ ...GOOD, id: "7" }));
        });
    });

    describe("the widest grant", () => {
        const table: [ip: string, widestPrefix: number, problem?: string][] = [
            ["100.0.0.0/24", 24],
            ["100.0.0.1-100.0.1.0", 24],
            ["100.0.0.0/23", 24, '"100.0.0.0/23" holds 512 addresses; at most 256 (a /24) may be granted at once'],
            [
                "100.0.0.0-100.0.1.0",
                24,
                '"100.0.0.0-100.0.1.0" holds 257 addresses; at most 256 (a /24) may be granted at once',
            ],
            ["100.0.0.1", 32],
            ["100.0.0.0/31", 32, '"100.0.0.0/31" holds 2 addresses; at most 1 (a /32) may be granted at once'],
            ["100.0.0.0/8", 8],
            [
                "0.0.0.0/0",
                1,
                '"0.0.0.0/0" holds 4294967296 addresses; at most 2147483648 (a /1) may be granted at once',
            ],
            [
                "0.0.0.0-255.255.255.255",
                1,
                '"0.0.0.0-255.255.255.255" holds 4294967296 addresses; at most 2147483648 (a /1) may be granted at once',
            ],
        ];
        for (const [ip, widestPrefix, problem] of table) {
            it(`${problem === undefined ? "may" : "may not"} be ${ip} with /${widestPrefix}`, () => {
                const { unusable } = readEntries([{ ...GOOD, ip }], { widestPrefix, allowUnroutable: true });
                assert.deepEqual(unusable, problem === undefined ? [] : [{ id: "g1", field: "ip", reason: problem }]);
            });
        }

        it("is never everything, whatever the limit", () => {
            const { grants } = readEntries([{ ...GOOD, ip: "0.0.0.0/0" }], { widestPrefix: 0 });
            assert.deepEqual(grants, []);
        });

        it("is looked for in the whole list", () => {
            const { grants, unusable } = read({ ...GOOD, ip: ["100.0.0.1", "100.0.0.0/8"] });
            assert.deepEqual([grants.length, unusable.length], [0, 1]);
        });
    });

    it("keeps the first of two grants with one id", () => {
        const { grants, unusable } = read(GOOD, { ...GOOD, ip: "198.51.100.9" }, { ...GOOD, id: "g2" }, GOOD);
        assert.deepEqual(
            grants.map(({ id, spans }) => [id, spans.map(formatSpan).join()]),
            [
                ["g1", "198.51.100.1/32"],
                ["g2", "198.51.100.1/32"],
            ],
        );
        const again = { id: "g1", field: "id", reason: "an earlier grant has this id" };
        assert.deepEqual(reportUnusable(unusable), [again, again]);
    });

    it("takes a number and its text for one id", () => {
        assert.deepEqual(reportUnusable(read({ ...GOOD, id: 7 }, { ...GOOD, id: "7" }).unusable), [
            { id: "7", field: "id", reason: "an earlier grant has this id" },
        ]);
    });

    it("gives an id that an unusable grant has to the next one", () => {
        const { grants, unusable } = read({ ...GOOD, ip: "x" }, GOOD);
        assert.deepEqual([grants, unusable.length], [read(GOOD).grants, 1]);
    });

    describe("takes for unreadable, and not for nobody,", () => {
        const none = 'the document has no list "grants"; nobody is `grants: []`';
        const meant = (shown: string) =>
            `the document has no list "grants"; did you mean grants instead of "${shown}"?`;
        const both = (shown: string) => `the document has both "grants" and "${shown}": keep one of the two`;
        const table: [document: unknown, problem: string][] = [
            ...[undefined, null, 7, "", "grants", [], [GOOD], {}].map((each): [unknown, string] => [each, none]),
            ...[{ grants: null }, { grants: {} }, { grants: "none" }].map((each): [unknown, string] => [each, none]),
            [{ Grants: [] }, meant("Grants")],
            [{ grant: [GOOD] }, meant("grant")],
            [{ "grants ": [GOOD] }, meant("grants ")],
            [{ garnts: [GOOD] }, meant("garnts")],
            [{ granted: [GOOD] }, none],
            [{ grants: [], Grants: [GOOD] }, both("Grants")],
            [{ grants: [], grant: GOOD }, both("grant")],
        ];
        for (const [document, problem] of table) {
            it(`${JSON.stringify(document)}`, () => {
                const expected = { code: "source-unreadable", message: problem };
                assert.throws(() => readGrantsDocument(document, LIMITS), expected);
            });
        }

        it("more grants than anybody means", () => {
            const most = [...Array(199_999).fill(null), GOOD];
            assert.equal(readGrantsDocument({ grants: most }, LIMITS).unusable.length, 199_999);
            assert.throws(() => readGrantsDocument({ grants: [...most, GOOD] }, LIMITS), {
                code: "source-unreadable",
                message: "the document has 200001 grants, more than the 200000 that are read",
            });
        });
    });

    describe("of which no entry is usable", () => {
        const without = (id: string) => ({ ...GOOD, id, expiresAt: "2027-01-01T00:00:00" });
        const noZone = 'expiresAt "2027-01-01T00:00:00" is not a moment with a time zone, such as 2026-12-01T18:00:00Z';
        const table: [because: string, entries: readonly unknown[], problem: string][] = [
            [
                "all lack the time zone",
                ["a", "b", "c"].map(without),
                `none of its 3 entries is usable: "a": ${noZone}; "b": ${noZone}; …`,
            ],
            [
                "two are wrong in another way",
                [without("a"), {}],
                `none of its 2 entries is usable: "a": ${noZone}; "grant 2": id is missing; every grant needs an id of its own`,
            ],
            [
                "a field has another name in each",
                [{ ...GOOD, start_at: GOOD.expiresAt }],
                'its only entry is unusable: "g1": start_at is not a field of a grant; did you mean startsAt?',
            ],
            [
                "all are IPv6",
                [{ ...GOOD, ip: "2001:db8::1" }],
                'its only entry is unusable: "g1": ip "2001:db8::1" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address',
            ],
            [
                "none is an entry",
                [null],
                'its only entry is unusable: "grant 1": id is not a grant with fields such as id, ip and expiresAt',
            ],
        ];
        for (const [because, entries, message] of table) {
            it(`is unreadable: ${because}`, () => {
                assert.throws(() => readGrantsDocument({ grants: entries }, LIMITS), {
                    code: "source-unreadable",
                    message,
                });
            });
        }

        it("is readable with a single one that is", () => {
            const { grants, unusable } = readGrantsDocument({ grants: [without("a"), GOOD, without("b")] }, LIMITS);
            assert.deepEqual([grants.map(({ id }) => id), unusable.map(({ id }) => id)], [["g1"], ["a", "b"]]);
        });

        it("is readable with one that has expired", () => {
            const old = { ...GOOD, expiresAt: "2001-01-01T00:00:00Z" };
            assert.equal(readGrantsDocument({ grants: [without("a"), old] }, LIMITS).grants.length, 1);
        });
    });

    it("is unreadable when it is only a part", () => {
        const message = 'the document is only a part: "hasMore" is true; all grants have to be in one document';
        const document = { grants: [GOOD], hasMore: true };
        assert.throws(() => readGrantsDocument(document, LIMITS), { code: "source-unreadable", message });
    });

    it("takes an empty list for nobody", () => {
        assert.deepEqual(readGrantsDocument({ grants: [] }, LIMITS), { grants: [], unusable: [] });
    });
});
