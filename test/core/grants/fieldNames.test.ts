import { strict as assert } from "node:assert";

import { misspellings } from "../../../src/core/grants/fieldNames";

const GOOD = { id: "g1", ip: "203.0.113.7", expiresAt: "2099-01-02T00:00:00Z" };
const AT = "2099-01-01T00:00:00Z";

describe("misspellings", () => {
    const meant: [field: string, names: readonly string[], value?: unknown][] = [
        [
            "startsAt",
            ["startsat", "StartsAt", "STARTSAT", "starts_at", "starts-at", "starts at", "starts.at", "Starts_At"],
        ],
        [
            "startsAt",
            ["startAt", "start_at", "startat", "stratsAt", "startsOn", "startsA", "starstAt", "starts"],
            "soon",
        ],
        [
            "startsAt",
            [
                "start",
                "start_time",
                "startDate",
                "begin",
                "beginsAt",
                "from",
                "validFrom",
                "effectiveFrom",
                "startingAt",
                "startsFrom",
                "availableFrom",
                "since",
                "valid_from",
                "not_before",
                "notBefor",
                "nbf",
                ..."activates_at activeAt activeSince activationTime validAfter after scheduledFor startEpoch".split(
                    " ",
                ),
                ..."commencesAt openFrom grantFrom windowStart validity_start enabledFrom goLive".split(" "),
            ],
        ],
        ["startsAt", ["start", "nbf"], 4_070_908_800],
        ["startsAt", ["start", "nbf"], "4070908800.0"],
        ["startsAt", ["start", "nbf"], "4.0709088e9"],
        ["startsAt", ["start", "nbf"], "2099-1-1 00:00:00Z"],
        [
            "expiresAt",
            [
                "expiresat",
                "ExpiresAt",
                "expires_at",
                "expires-at",
                "expireAt",
                "expire_at",
                "expires",
                "expiredAt",
                "exipresAt",
            ],
            "x",
        ],
        ["permanent", ["Permanent", "permenant", "permanant", "permament", "perma-nent"], true],
        ["reason", ["Reason", "reasons", "raeson", "resaon", "reasn"], "x"],
        ["labels", ["Labels", "label", "lables", "labesl", "lebels"], { app: "payroll" }],
        [
            "user",
            ["User", "users", "USER", "userName", "user_name", "username", "userId", "usernme"],
            "ana@example.com",
        ],
        ["ip", ["IP", "Ip", "ips", "i_p"], "203.0.113.7"],
        ["id", ["ID", "Id", "ids"], "g1"],
    ];
    for (const [field, names, value = AT] of meant) {
        for (const name of names) {
            it(`takes ${name}: ${JSON.stringify(value)} for ${field}`, () => {
                assert.deepEqual(misspellings()({ ...GOOD, [name]: value }), { name, meant: field });
            });
        }
    }

    const instead: [field: string, names: readonly string[], value: unknown][] = [
        [
            "ip",
            ["address", "addresses", "adress", "Address", "ip_address", "ipAddress", "cidr", "cidrs", "range", "ipv4"],
            "203.0.113.7",
        ],
        [
            "expiresAt",
            [
                "expiry",
                "expiration",
                "expiration_date",
                "end",
                "endsAt",
                "ends_at",
                "until",
                "validUntil",
                "notAfter",
                "exp",
                ..."windowEnd validity_end accessUntil endEpoch closesAt deactivatesAt".split(" "),
            ],
            AT,
        ],
        ["expiresAt", ["exp"], 4_070_908_800],
    ];
    for (const [field, names, value] of instead) {
        const { [field as keyof typeof GOOD]: _, ...lacking } = GOOD;
        for (const name of names) {
            it(`takes ${name} for ${field}, where there is none`, () => {
                assert.deepEqual(misspellings()({ ...lacking, [name]: value }), { name, meant: field });
                assert.equal(misspellings()({ ...GOOD, [name]: value }), undefined);
                assert.deepEqual(misspellings()({ ...GOOD, [field]: null, [name]: value }), { name, meant: field });
            });
        }
    }

    const own: readonly (readonly [name: string, value: unknown])[] = [
        ..."createdBy createdAt created_at updatedAt updated_at owner team ticket comment approver approvedBy".split(
            " ",
        ),
        ..."approvedAt ipVersion used uses vip zip role roles status state region person version email".split(" "),
        ..."login note notes tags level levels source type kind department requestId requestedBy requestedAt".split(
            " ",
        ),
        ..."revoked enabled active priority mfa device host hostname site office country asn domain group groups".split(
            " ",
        ),
    ].map((name): [string, unknown] => [name, AT]);
    const more: readonly (readonly [name: string, value: unknown])[] = [
        ["start", "manual"],
        ["from", "vpn-portal"],
        ["end", "office"],
        ["exp", 3],
        ["expiryNotified", true],
        ["_id", "65a"],
        ["_startsAt", AT],
        ["$schema", "x"],
        ["@type", "Grant"],
        ["x-starts-at", AT],
        ["x_startAt", AT],
        ["startAt", null],
        ["starts_at", undefined],
        ["startsAt".repeat(6), AT],
    ];
    for (const [name, value] of [...own, ...more]) {
        it(`leaves ${name}: ${JSON.stringify(value)} to the source`, () => {
            assert.equal(misspellings()({ ...GOOD, user: "ana", [name]: value }), undefined);
        });
    }

    it("gives the first of an entry, and does not confuse one entry with another", () => {
        const find = misspellings();
        const { expiresAt: _, ...endless } = GOOD;
        assert.equal(find({ ...GOOD, until: AT }), undefined);
        assert.deepEqual(find({ ...endless, until: AT, label: {} }), { name: "until", meant: "expiresAt" });
        assert.equal(find({ ...endless, until: "further notice" }), undefined);
        assert.equal(find(GOOD), undefined);
    });

    it("stays fast with as many names as a document has room for", () => {
        const find = misspellings();
        const names = Array.from({ length: 200_000 }, (_, index) => [`name${index.toString(36)}`, 1]);
        assert.equal(find(Object.fromEntries(names)), undefined);
    });
});
