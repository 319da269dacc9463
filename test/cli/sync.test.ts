import { strict as assert } from "node:assert";

import { answer, serve } from "../sources/server";
import { type Called, call, grantsOf, openScene, TOKEN } from "./scene";

const SENTINEL = "192.0.2.0/32";
const [A, B, C] = ["203.0.113.7/32", "203.0.113.8/32", "198.51.100.0/24"];
const READ = "GET /api/v1/zones/nzo1 200";
const WRITTEN = [READ, "PUT /api/v1/zones/nzo1 200", READ];

function json({ out }: Called) {
    return JSON.parse(out);
}

describe("zonekeeper sync", () => {
    it("reads, decides, writes and verifies, and says so as one JSON document", async () => {
        await using scene = await openScene({ nzo1: [A, C] }, grantsOf({ g1: "203.0.113.7", g2: "203.0.113.8" }));
        const called = await scene.sync(["--json"]);
        assert.deepEqual(
            { ...called, out: json(called) },
            {
                status: 0,
                err: [],
                out: {
                    zones: [{ id: "nzo1", name: "Zone nzo1", add: [B], remove: [C], gateways: [A, B], written: true }],
                    active: 2,
                    refused: [],
                    unusable: [],
                },
            },
        );
        assert.deepEqual(scene.asked(), WRITTEN);
        assert.deepEqual(scene.states("nzo1"), [
            [A, C],
            [A, B],
        ]);
    });

    it("says it to people", async () => {
        await using scene = await openScene({ nzo1: [C] }, grantsOf({ g1: "203.0.113.7", g2: "203.0.113.700" }));
        const { status, out, err } = await scene.sync();
        assert.deepEqual({ status, err }, { status: 0, err: [] });
        assert.deepEqual(out.split("\n"), [
            'Zone "Zone nzo1" (nzo1): changed, 1 gateway',
            `  + ${A}`,
            `  - ${C}`,
            "1 grant is active.",
            "Left out of the document:",
            '  g2: ip "203.0.113.700" is not an IPv4 address, CIDR or range [ZK402]',
            "Okta needs about a minute to spread a change to all its servers.",
            "Sessions that are already open go on.",
            "Nothing is remembered between two runs without --state DIR: an entry that no grant admits counted like a grant " +
                "that was removed, and an end in the past like one that was known.",
        ]);
    });

    it("keeps what a zone has of IPv6 as Okta has it, and reports it", async () => {
        const [CIDR, ONE] = ["2001:db8::/32", "2001:db8::7-2001:db8::7"];
        await using scene = await openScene({ nzo1: [CIDR, C, ONE] }, grantsOf({ g1: "203.0.113.7" }));
        const { status, out } = await scene.sync();
        assert.equal(status, 0);
        assert.deepEqual(out.split("\n").slice(0, 5), [
            'Zone "Zone nzo1" (nzo1): changed, 3 gateways',
            `  + ${A}`,
            `  - ${C}`,
            `  = ${CIDR}: it is not IPv4, and is kept as Okta has it`,
            `  = ${ONE}: it is not IPv4, and is kept as Okta has it`,
        ]);
        assert.deepEqual(scene.states("nzo1").at(-1), [A, CIDR, ONE]);
        const again = json(await scene.sync(["--json"])).zones[0];
        assert.deepEqual([again.written, again.kept], [false, [CIDR, ONE]]);
        assert.deepEqual(scene.states("nzo1").length, 2);
    });

    it("writes nothing when nothing changed", async () => {
        await using scene = await openScene({ nzo1: ["203.0.113.7-203.0.113.7"] }, grantsOf({ g1: "203.0.113.7" }));
        const called = await scene.sync(["--json"]);
        assert.deepEqual([called.status, json(called).zones[0].written, scene.asked()], [0, false, [READ]]);
    });

    it("leaves the sentinel if there is no active grant", async () => {
        await using scene = await openScene({ nzo1: [A] }, "grants: []");
        assert.equal((await scene.sync()).status, 0);
        assert.deepEqual(scene.states("nzo1"), [[A], [SENTINEL]]);
    });

    it("enforces both ends of a grant by its own clock", async () => {
        const grants = JSON.stringify({
            grants: [
                { id: "over", ip: "203.0.113.1", expiresAt: "2020-01-01T00:00:00Z" },
                { id: "now", ip: "203.0.113.7", startsAt: "2020-01-01T00:00:00Z", expiresAt: "2999-01-01T00:00:00Z" },
                { id: "later", ip: "203.0.113.3", startsAt: "2998-01-01T00:00:00Z", expiresAt: "2999-01-01T00:00:00Z" },
            ],
        });
        await using scene = await openScene({ nzo1: [SENTINEL] }, grants);
        const { active, zones } = json(await scene.sync(["--json"]));
        assert.deepEqual([active, zones[0].gateways], [1, [A]]);
    });

    it("shares a membership between zones, in their order", async () => {
        await using scene = await openScene(
            { nzo1: [A], nzo2: [B, C] },
            grantsOf({ g1: "203.0.113.7", g2: "203.0.113.8" }),
        );
        for (const flags of [
            ["--zone", "nzo2", "nzo1"],
            ["--zone", "nzo2", "--zone", "nzo1"],
        ]) {
            const { zones } = json(await scene.sync([...flags, "--dry-run", "--json"]));
            assert.deepEqual(zones, [
                { id: "nzo2", name: "Zone nzo2", add: [], remove: [C], gateways: [B], written: false },
                { id: "nzo1", name: "Zone nzo1", add: [], remove: [], gateways: [A], written: false },
            ]);
        }
    });

    it("reports entries that cannot be used, by id, field and reason", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.7", g2: "2001:db8::1" }));
        const called = await scene.sync(["--json"]);
        const reason = '"2001:db8::1" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address';
        assert.deepEqual([called.status, json(called).unusable], [0, [{ id: "g2", field: "ip", reason }]]);
    });

    it("counts only grants with the labels", async () => {
        const grants = ["payroll", "wiki"].map((app, index) => {
            return { id: app, ip: `203.0.113.${7 + index}`, permanent: true, labels: { app, level: 1 } };
        });
        await using scene = await openScene({ nzo1: [SENTINEL] }, JSON.stringify({ grants }));
        const chosen = async (...pairs: string[]) =>
            json(await scene.sync(["--dry-run", "--json", "--selector", ...pairs])).zones[0].gateways;
        assert.deepEqual(await chosen("app=payroll"), [A]);
        assert.deepEqual(await chosen("app=wiki", "level=1"), [B]);
        assert.deepEqual(await chosen("app=wiki", "level=2"), [SENTINEL]);
    });

    it("keeps static entries", async () => {
        await using scene = await openScene({ nzo1: [SENTINEL] }, grantsOf({ g1: "203.0.113.7" }));
        assert.equal((await scene.sync(["--static", "198.51.100.0/24", "203.0.113.8"])).status, 0);
        assert.deepEqual(scene.states("nzo1").at(-1), [C, A, B]);
    });
});

describe("zonekeeper sync verifies", () => {
    it("a write whose answer was lost, and does not send it again", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.8" }));
        scene.okta.inject({ on: { method: "PUT" }, do: { loseResponse: true } });
        const called = await scene.sync(["--json"]);
        assert.deepEqual([called.status, json(called).zones[0].written], [0, true]);
        assert.deepEqual(scene.asked(), [READ, "PUT /api/v1/zones/nzo1 0", READ]);
    });

    it("a write that never arrived, and sends it again", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.8" }));
        scene.okta.inject({ on: { method: "PUT" }, do: { drop: true } });
        assert.equal((await scene.sync()).status, 0);
        assert.deepEqual(scene.asked(), [READ, "PUT /api/v1/zones/nzo1 0", ...WRITTEN]);
        assert.deepEqual(scene.states("nzo1"), [[A], [B]]);
    });

    it("that no other writer has changed, and reports it if one has", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.8" }));
        const gateways = [{ type: "CIDR", value: C }];
        scene.okta.inject({ on: { method: "PUT" }, do: { foreignWrite: { gateways } } });
        const { status, err } = await scene.sync();
        const problem = `zonekeeper: after the write, zone "Zone nzo1" (nzo1) shows what neither we nor its last reader put there: ${C}`;
        assert.deepEqual(
            [status, err],
            [1, [`${problem}. Stop every other writer of this zone, then run again. [ZK601]`]],
        );
        assert.deepEqual(scene.states("nzo1"), [[A], [B], [C]]);
    });
});

describe("zonekeeper sync without writing", () => {
    it("shows with --dry-run what would change", async () => {
        await using scene = await openScene({ nzo1: [C] }, grantsOf({ g1: "203.0.113.7" }));
        const { status, out } = await scene.sync(["--dry-run"]);
        assert.equal(status, 0);
        assert.deepEqual(out.split("\n"), [
            'Zone "Zone nzo1" (nzo1): would change, 1 gateway',
            `  + ${A}`,
            `  - ${C}`,
            "1 grant is active.",
            "Nothing is remembered between two runs without --state DIR: an entry that no grant admits counted like a grant " +
                "that was removed, and an end in the past like one that was known.",
        ]);
        assert.deepEqual(scene.asked(), [READ]);
    });

    it("ends with 4 after --check when there is something to change, and with 0 when there is nothing", async () => {
        await using scene = await openScene({ nzo1: [C] }, grantsOf({ g1: "203.0.113.7" }));
        const check = async () => {
            const called = await scene.sync(["--check", "--json"]);
            const [{ add, remove, written }] = json(called).zones;
            return { status: called.status, add, remove, written };
        };
        assert.deepEqual(await check(), { status: 4, add: [A], remove: [C], written: false });
        assert.deepEqual(scene.asked(), [READ]);
        await scene.sync();
        assert.deepEqual(await check(), { status: 0, add: [], remove: [], written: false });
        assert.deepEqual(scene.states("nzo1"), [[C], [A]]);
    });
});

describe("zonekeeper sync finds", () => {
    it("grants at a URL", async () => {
        await using server = await serve(answer(200, { grants: [{ id: "g1", ip: "203.0.113.7", permanent: true }] }));
        await using scene = await openScene({ nzo1: [SENTINEL] }, "");
        assert.equal((await scene.sync(["--source", `${server.url}/grants`])).status, 0);
        assert.deepEqual(scene.states("nzo1").at(-1), [A]);
        assert.deepEqual(server.asked, [{ method: "GET", path: "/grants", authorization: undefined, etag: undefined }]);
    });

    it("grants at a URL with a token of the environment", async () => {
        await using server = await serve(answer(200, { grants: [] }));
        await using scene = await openScene({ nzo1: [A] }, "");
        const source = JSON.stringify({ type: "http", url: server.url, token: "env:GRANTS_TOKEN" });
        const env = { OKTA_API_TOKEN: TOKEN, GRANTS_TOKEN: "another-s3cr3t" };
        assert.equal((await scene.sync(["--source", source], env)).status, 0);
        assert.equal(server.asked[0]?.authorization, "Bearer another-s3cr3t");
    });

    it("grants in a file that is named by an object or by its whole path", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.7" }));
        for (const source of ['{"type":"file","path":"grants.yaml"}', `${scene.directory}/grants.yaml`]) {
            assert.equal((await scene.sync(["--check", "--source", source])).status, 0);
        }
    });

    it("Okta where the Okta provider finds it", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.7" }));
        const env = { OKTA_HTTP_PROXY: scene.okta.url, OKTA_API_TOKEN: TOKEN };
        const args = ["sync", "--zone", "nzo1", "--source", "grants.yaml"];
        assert.equal((await call(args, { env, directory: scene.directory })).status, 0);
        assert.deepEqual(scene.asked(), [READ]);
    });
});
