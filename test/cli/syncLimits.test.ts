import { strict as assert } from "node:assert";

import { type Called, grantsOf, openScene } from "./scene";

const [A, B, C] = ["203.0.113.1/32", "203.0.113.3/32", "203.0.113.5/32"];
const HELD = "held by maxRemovals: 2 of 3 entries would go, and 1 may in one run; confirm it, or restore their grants";
const FORGETFUL =
    "Nothing is remembered between two runs without --state DIR: an entry that no grant admits counted like a grant " +
    "that was removed, and an end in the past like one that was known.";

function json({ out }: Called) {
    return JSON.parse(out);
}

/** So many addresses that do not touch, by an id for each. */
function apart(count: number): Record<string, string> {
    const entries = Array.from({ length: count }, (_, index) => [
        `g${index}`,
        `11.0.${index >> 7}.${(index & 127) * 2}`,
    ]);
    return Object.fromEntries(entries);
}

describe("zonekeeper sync --max-removals", () => {
    const open = (grants = grantsOf({ a: "203.0.113.1" })) => openScene({ nzo1: [A, B, C] }, grants);

    for (const [title, flags] of [["two of three removals at 1", ["--max-removals", "1"]]] as const) {
        it(`holds ${title}, and ends with 3`, async () => {
            await using scene = await open();
            const called = await scene.sync([...flags, "--json"]);
            assert.deepEqual([called.status, called.err], [3, []]);
            assert.deepEqual(json(called), {
                zones: [{ id: "nzo1", name: "Zone nzo1", add: [], remove: [], gateways: [A, B, C], written: false }],
                active: 1,
                refused: [
                    { id: `held ${B}`, reason: HELD },
                    { id: `held ${C}`, reason: HELD },
                ],
                unusable: [],
            });
            assert.deepEqual(scene.states("nzo1"), [[A, B, C]]);
        });
    }

    it("holds the removal of all of two or more, whatever the limit, unless it is off", async () => {
        for (const limit of [[], ["--max-removals", "50%"], ["--max-removals", "100%"], ["--max-removals", "9"]]) {
            await using scene = await open(JSON.stringify({ grants: [] }));
            assert.equal((await scene.sync(limit)).status, 3);
            assert.deepEqual(scene.states("nzo1"), [[A, B, C]]);
        }
        await using scene = await open(JSON.stringify({ grants: [] }));
        assert.equal((await scene.sync(["--max-removals", "off"])).status, 0);
    });

    const forms: readonly object[] = [
        { id: "b", IP: "203.0.113.3", permanent: true },
        { id: "b", address: "203.0.113.3", permanent: true },
        { id: "b", ip: "203.0.113.3 # ana", permanent: true },
        { id: "b", ip: ["203.0.113.3", "2001:db8::1"], permanent: true },
        { Id: "b", ip: "203.0.113.3", permanent: true },
    ];
    for (const form of forms) {
        it(`keeps the address of ${JSON.stringify(form)}, and ends with 3`, async () => {
            const grants = [form, ...["1", "5"].map((end) => ({ id: end, ip: `203.0.113.${end}`, permanent: true }))];
            await using scene = await open(JSON.stringify({ grants }));
            assert.equal((await scene.sync([])).status, 3);
            assert.deepEqual(scene.states("nzo1"), [[A, B, C]]);
        });
    }

    it("does not let in what an unusable entry may be about", async () => {
        const grants = [
            { id: "a", ip: "203.0.113.1", permanent: true },
            { id: "d", IP: "203.0.113.9" },
        ];
        await using scene = await openScene({ nzo1: [A] }, JSON.stringify({ grants }));
        assert.equal((await scene.sync([])).status, 0);
        assert.deepEqual(scene.states("nzo1"), [[A]]);
    });

    it("keeps a grant in force whose entry has become unusable, and ends with 3", async () => {
        const broken = { id: "b", ip: "203.0.113.3", expiresAt: "2099-01-01T00:00:00" };
        const grants = [broken, { id: "a", ip: "203.0.113.1", permanent: true }];
        await using scene = await open(JSON.stringify({ grants }));
        const called = await scene.sync(["--json"]);
        assert.equal(called.status, 3);
        assert.deepEqual(scene.states("nzo1").at(-1), [A, B]);
        assert.deepEqual(json(called).refused, [
            { id: "b", reason: "its entry cannot be used any more, so it stays in the zone; correct the entry" },
        ]);
    });

    for (const limit of ["2", "50%", "67%"]) {
        it(`lets two of three removals through at ${limit}`, async () => {
            await using scene = await open();
            assert.equal((await scene.sync(["--max-removals", limit])).status, 0);
            assert.deepEqual(scene.states("nzo1").at(-1), [A]);
        });
    }

    it("gives way to --confirm-removals", async () => {
        await using scene = await open();
        assert.equal((await scene.sync(["--max-removals", "1", "--confirm-removals"])).status, 0);
        assert.deepEqual(scene.states("nzo1").at(-1), [A]);
    });

    it("says to people what is held, and that is all it does", async () => {
        await using scene = await open();
        const { status, out } = await scene.sync(["--max-removals", "1"]);
        assert.equal(status, 3);
        assert.deepEqual(out.split("\n"), [
            'Zone "Zone nzo1" (nzo1): nothing to change, 3 gateways',
            "1 grant is active.",
            "Refused:",
            `  held ${B}: ${HELD} [ZK503]`,
            `  held ${C}: ${HELD} [ZK503]`,
            FORGETFUL,
        ]);
    });

    it("never holds up an expiry", async () => {
        const over = (id: string, ip: string) => ({ id, ip, expiresAt: "2020-01-01T00:00:00Z" });
        const grants = [
            over("b", "203.0.113.3"),
            over("c", "203.0.113.5"),
            { id: "a", ip: "203.0.113.1", permanent: true },
        ];
        await using scene = await open(JSON.stringify({ grants }));
        assert.equal((await scene.sync(["--max-removals", "0"])).status, 0);
        assert.deepEqual(scene.states("nzo1").at(-1), [A]);
    });

    it("ends with 3 after --check too, when nothing but the limit keeps it from changing", async () => {
        await using scene = await open();
        assert.equal((await scene.sync(["--max-removals", "1", "--check"])).status, 3);
    });
});

describe("zonekeeper sync refuses", () => {
    it("a grant that touches a denied range, and ends with 3", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ a: "203.0.113.1", b: "203.0.113.3" }));
        const called = await scene.sync(["--deny", "203.0.113.2/31", "10.0.0.0/8", "--json"]);
        assert.equal(called.status, 3);
        const reason = "denied: 203.0.113.3/32 touches a range that no grant may touch";
        assert.deepEqual(json(called).refused, [{ id: "b", reason }]);
        assert.deepEqual(scene.states("nzo1"), [[A]]);
    });

    it("new grants when the zone is full, and writes those that fit", async () => {
        const addresses = apart(152);
        const inside = Object.values(addresses)
            .slice(2)
            .map((ip) => `${ip}/32`);
        await using scene = await openScene({ nzo1: inside.slice(1) }, grantsOf(addresses));
        const called = await scene.sync(["--json"]);
        assert.equal(called.status, 3);
        const reason = "no room: the zone is full with 150 entries; add a shard or end another grant";
        const { refused, zones, active } = json(called);
        assert.deepEqual(
            refused.map(({ reason }: { reason: string }) => reason),
            [reason, reason],
        );
        const [{ written, remove, gateways }] = zones;
        assert.deepEqual(
            { active, written, remove, held: gateways.length },
            { active: 152, written: true, remove: [], held: 150 },
        );
    });

    it("none when a second zone has room", async () => {
        const addresses = apart(152);
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"], nzo2: ["192.0.2.0/32"] }, grantsOf(addresses));
        const called = await scene.sync(["--zone", "nzo1", "nzo2", "--json"]);
        assert.equal(called.status, 0);
        assert.deepEqual(
            json(called).zones.map(({ gateways }: { gateways: unknown[] }) => gateways.length),
            [150, 2],
        );
    });

    it("a grant that is wider than --widest-prefix, as an entry that cannot be used", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ a: "203.0.113.1", b: "198.51.100.0/27" }));
        const unusable = async (length: string) =>
            json(await scene.sync(["--dry-run", "--json", "--widest-prefix", length])).unusable;
        const reason = '"198.51.100.0/27" holds 32 addresses; at most 16 (a /28) may be granted at once';
        assert.deepEqual(await unusable("28"), [{ id: "b", field: "ip", reason }]);
        assert.deepEqual(await unusable("27"), []);
    });

    it("addresses that Okta never sees, unless they are allowed", async () => {
        const grants = grantsOf({ a: "203.0.113.1", b: "10.0.0.1", c: "169.254.169.254", d: "198.51.100.0/24" });
        await using scene = await openScene({ nzo1: [A] }, grants);
        const { unusable, zones } = json(await scene.sync(["--dry-run", "--json"]));
        assert.deepEqual(
            unusable.map(({ id, field }: { id: string; field: string }) => [id, field]),
            [
                ["b", "ip"],
                ["c", "ip"],
            ],
        );
        assert.deepEqual(zones[0].add, ["198.51.100.0/24"]);
        const allowed = json(await scene.sync(["--dry-run", "--json", "--allow-unroutable"]));
        assert.deepEqual(allowed.unusable, []);
        assert.deepEqual(allowed.zones[0].add, ["10.0.0.1/32", "169.254.169.254/32", "198.51.100.0/24"]);
    });

    it("a grant whose start is misspelled, which would let it in too early", async () => {
        const late = { id: "b", ip: "203.0.113.3", expiresAt: "2099-01-02T00:00:00Z", startAt: "2099-01-01T00:00:00Z" };
        const grants = { grants: [{ id: "a", ip: "203.0.113.1", permanent: true }, late] };
        await using scene = await openScene({ nzo1: [A] }, JSON.stringify(grants));
        const { unusable, zones } = json(await scene.sync(["--dry-run", "--json"]));
        const reason = "is not a field of a grant; did you mean startsAt?";
        assert.deepEqual([unusable, zones[0].add], [[{ id: "b", field: "startAt", reason }], []]);
    });
});
