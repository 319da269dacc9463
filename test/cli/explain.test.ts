import { strict as assert } from "node:assert";
import { join } from "node:path";

import { ROOT, run } from "../support/run";
import { call, openScene, type Scene, TOKEN } from "./scene";

const STAFF = {
    type: "IP",
    id: "nzo1",
    name: "Staff",
    status: "ACTIVE",
    usage: "POLICY",
    gateways: [
        { type: "RANGE", value: "203.0.113.7-203.0.113.7" },
        { type: "CIDR", value: "198.51.100.0/24" },
    ],
    proxies: [{ type: "CIDR", value: "192.0.2.0/28" }],
};
const BLOCKED = {
    type: "IP",
    id: "nzo2",
    name: "BlockedIpZone",
    usage: "BLOCKLIST",
    system: true,
    gateways: [{ type: "RANGE", value: "198.51.100.8-198.51.100.9" }],
    proxies: null,
};
const EXEMPT = {
    type: "IP",
    id: "nzo3",
    name: "DefaultExemptIpZone",
    system: true,
    gateways: [{ type: "CIDR", value: "198.51.100.9/32" }],
};
const ABROAD = { type: "DYNAMIC", id: "nzo4", name: "Abroad" };

async function openFiles(): Promise<Scene> {
    const scene = await openScene({ nzo5: ["203.0.113.7/32"] }, "", {
        tokens: [{ value: TOKEN }],
        zones: [
            { ...BLOCKED, id: "nzo6", usage: "BLOCKLIST", type: "IP", name: "Bad guys", system: false, gateways: [] },
        ],
    });
    await scene.write("staff.json", JSON.stringify(STAFF));
    await scene.write("blocked.json", JSON.stringify(BLOCKED));
    await scene.write("all.json", JSON.stringify([STAFF, BLOCKED, EXEMPT, ABROAD]));
    await scene.write("event.json", JSON.stringify(eventOf("203.0.113.7", "192.0.2.3")));
    return scene;
}

function eventOf(...ips: string[]) {
    return { request: { ipChain: ips.map((ip) => ({ ip, version: "V4", source: null })) } };
}

async function explained(scene: Scene, args: readonly string[], stdin = "") {
    const called = await call(["explain", ...args, "--json"], { directory: scene.directory, stdin });
    assert.deepEqual([called.status, called.err], [0, []]);
    return JSON.parse(called.out);
}

async function explainedWithNotes(scene: Scene, args: readonly string[]) {
    const called = await call(["explain", ...args, "--json"], { directory: scene.directory });
    assert.equal(called.status, 0);
    return JSON.parse(called.out);
}

describe("zonekeeper explain", () => {
    it("answers with the promised keys, and with more", async () => {
        await using scene = await openFiles();
        const chain = "198.51.100.20, 203.0.113.99, 192.0.2.3";
        const reason =
            "198.51.100.20, behind 192.0.2.3 in the trusted proxy 192.0.2.0/28, is in the gateway 198.51.100.0/24; but " +
            "Okta's texts disagree: its help page passes over 203.0.113.99 and finds the gateway 198.51.100.0/24 " +
            "(inside), its support article ends at 203.0.113.99, which is neither gateway nor trusted proxy (outside)";
        const answer = {
            inside: true,
            reason,
            ambiguous: true,
            steps: [
                { ip: "192.0.2.3", match: "proxy" },
                { ip: "203.0.113.99", match: "none" },
                { ip: "198.51.100.20", match: "gateway" },
            ],
        };
        const { change, settle, ...document } = await explained(scene, ["--zone", "staff.json", "--chain", chain]);
        assert.deepEqual(document, {
            ...answer,
            sentence: `A request through ${chain} is inside the zone "Staff" (nzo1): ${reason}.`,
            chain: chain.split(", "),
            readings: { lenient: true, strict: false },
            refused: false,
            zones: [{ id: "nzo1", name: "Staff", role: "policy", ...answer }],
            leftOut: [],
        });
        const [edit] = change.edits;
        assert.deepEqual(edit, { zoneId: "nzo1", do: "remove", list: "gateways", entry: "198.51.100.0/24" });
        assert.deepEqual(settle.edits, [{ zoneId: "nzo1", do: "add", list: "proxies", entry: "203.0.113.99/32" }]);
    });

    it("follows the other text where that was asked for", async () => {
        await using scene = await openFiles();
        const chain = "198.51.100.20, 203.0.113.99, 192.0.2.3";
        const { inside, ambiguous, steps, change, settle } = await explained(scene, [
            ...["--zone", "staff.json", "--chain", chain, "--strict"],
        ]);
        assert.deepEqual([inside, ambiguous, steps.length, settle], [false, true, 2, null]);
        assert.match(
            change.todo,
            /^add 203\.0\.113\.99\/32 to the trusted proxies of the zone \(then 198\.51\.100\.20, /,
        );
    });

    it("tells people in a sentence, hop by hop, and what would change it", async () => {
        await using scene = await openFiles();
        const chain = "198.51.100.20, 192.0.2.3";
        const { status, out } = await call(["explain", "--zone", "staff.json", "--chain", chain], scene);
        assert.equal(status, 0);
        assert.deepEqual(out.split("\n"), [
            'A request through 198.51.100.20, 192.0.2.3 is inside the zone "Staff" (nzo1): 198.51.100.20, behind 192.0.2.3 in the trusted proxy 192.0.2.0/28, is in the gateway 198.51.100.0/24.',
            "",
            "    hop  address        match          entry",
            "    1    192.0.2.3      trusted proxy  192.0.2.0/28     connects to Okta",
            "    2    198.51.100.20  gateway        198.51.100.0/24  decides",
            "",
            "To be outside: remove the gateway 198.51.100.0/24 from the zone, which would also put out 255 other addresses.",
            "  To take out 198.51.100.20 alone, put 198.51.100.0-198.51.100.19 and 198.51.100.21-198.51.100.255 in its place.",
        ]);
    });

    const forms: [what: string, flags: readonly string[], stdin: string, chain: string][] = [
        ["a chain", ["--chain", "203.0.113.7,192.0.2.3"], "", "203.0.113.7, 192.0.2.3"],
        ["a chain on stdin", ["--chain", "-"], "203.0.113.7, 192.0.2.3\n", "203.0.113.7, 192.0.2.3"],
        [
            "a header and who connects",
            ["--forwarded-for", "X-Forwarded-For: 203.0.113.7", "--connecting", "192.0.2.3"],
            "",
            "203.0.113.7, 192.0.2.3",
        ],
        [
            "a header on stdin",
            ["--forwarded-for", "-", "--connecting", "192.0.2.3"],
            "203.0.113.7\n",
            "203.0.113.7, 192.0.2.3",
        ],
        ["who connects alone", ["--connecting", "203.0.113.7"], "", "203.0.113.7"],
        ["an event", ["--event", "event.json"], "", "203.0.113.7, 192.0.2.3"],
        ["an event on stdin", ["--event", "-"], JSON.stringify([eventOf("203.0.113.7")]), "203.0.113.7"],
    ];
    for (const [what, flags, stdin, chain] of forms) {
        it(`takes ${what}`, async () => {
            await using scene = await openFiles();
            const answer = await explained(scene, ["--zone", "staff.json", ...flags], stdin);
            assert.deepEqual([answer.inside, answer.chain], [true, chain.split(", ")]);
        });
    }

    it("takes a zone on stdin", async () => {
        await using scene = await openFiles();
        const answer = await explained(scene, ["--zone", "-", "--chain", "203.0.113.7"], JSON.stringify(STAFF));
        assert.equal(answer.inside, true);
    });

    it("reads zones from the org by their ids, beside files, and writes nothing", async () => {
        await using scene = await openFiles();
        const { okta } = scene;
        const flags = [
            "--zone",
            "nzo5",
            "blocked.json",
            "--zone",
            "nzo6",
            "--chain",
            "203.0.113.7",
            "--okta",
            okta.url,
        ];
        const { inside, zones } = await explained(scene, flags);
        assert.equal(inside, true);
        assert.deepEqual(
            zones.map(({ id, role }: { id: string; role: string }) => [id, role]),
            [
                ["nzo5", "policy"],
                ["nzo2", "blocklist"],
                ["nzo6", "blocklist"],
            ],
        );
        assert.deepEqual([...scene.asked()].sort(), ["GET /api/v1/zones/nzo5 200", "GET /api/v1/zones/nzo6 200"]);
    });

    it("takes a word for an id where it begins with nzo, or where there is no file of that name", async () => {
        await using scene = await openFiles();
        await scene.write("staff", JSON.stringify(STAFF));
        await scene.write("nzo5", "a file, but not for --zone nzo5");
        const flags = ["--chain", "203.0.113.7", "--okta", scene.okta.url];
        assert.equal((await explained(scene, ["--zone", "staff", ...flags])).inside, true);
        assert.deepEqual(scene.asked(), []);
        const { status, err } = await call(["explain", "--zone", "stuff", ...flags], { directory: scene.directory });
        assert.equal(status, 1);
        assert.match(err.at(-1) ?? "", /has no zone "stuff"; check the name, or give the id \(nzo…\) \[ZK201\]$/);
        assert.equal((await explained(scene, ["--zone", "nzo5", ...flags])).inside, true);
        assert.deepEqual(scene.asked(), ["GET /api/v1/zones?limit=200 200", "GET /api/v1/zones/nzo5 200"]);
    });

    it("finds a zone by its name, also where only case and blanks differ, and lists the zones once", async () => {
        await using scene = await openFiles();
        const flags = ["--chain", "203.0.113.7", "--okta", scene.okta.url];
        const { name } = scene.okta.org.zones.get("nzo5") ?? assert.fail();
        const { zones } = await explained(scene, ["--zone", ` ${name.toUpperCase()}`, "nzo6", ...flags]);
        assert.deepEqual(
            zones.map(({ id }: { id: string }) => id),
            ["nzo5", "nzo6"],
        );
        assert.deepEqual(
            scene.asked().filter((each) => each.includes("?")),
            ["GET /api/v1/zones?limit=200 200"],
        );
    });

    const mixed: [chain: string, inside: boolean, change: boolean, reason: RegExp][] = [
        ["2001:db8::1, 203.0.113.7", true, true, /^203\.0\.113\.7, which connects to Okta, is in the gateway/],
        ["unknown, 203.0.113.7", true, true, /^203\.0\.113\.7, which/],
        ["1.1.1.1:443, nonsense, , 203.0.113.7", true, true, /^203\.0\.113\.7, which/],
        ["2001:db8::1", false, false, /^2001:db8::1, which connects to Okta, is IPv6, and an IP zone holds IPv4$/],
        ["[2001:db8::1]:443", false, false, /is IPv6, and an IP zone holds IPv4$/],
        ["::ffff:203.0.113.7", false, false, /if Okta's System Log shows 203\.0\.113\.7 instead, ask with that$/],
        ["203.0.113.7, 2001:db8::1", false, false, /^2001:db8::1, which connects to Okta, is IPv6/],
        ["2001:db8::1, 192.0.2.3", false, true, /^2001:db8::1, behind 192\.0\.2\.3 in the trusted proxy .* is IPv6/],
    ];
    for (const [chain, inside, hasChange, reason] of mixed) {
        it(`takes ${chain} for ${inside ? "inside" : "outside"}`, async () => {
            await using scene = await openFiles();
            const answer = await explainedWithNotes(scene, ["--zone", "staff.json", "--chain", chain]);
            assert.deepEqual([answer.inside, answer.change !== null], [inside, hasChange]);
            assert.match(answer.reason, reason);
        });
    }

    it("says of an event that Okta refused the request before any policy", async () => {
        await using scene = await openFiles();
        const event = { eventType: "security.request.blocked", published: "2026-11-30T08:00:00.000Z" };
        const outcome = { result: "DENY", reason: "NETWORK_ZONE_BLOCKLIST" };
        await scene.write("blocked-event.json", JSON.stringify({ ...event, outcome, ...eventOf("203.0.113.7") }));
        const { sentence, refused, inside } = await explained(scene, [
            "--zone",
            "staff.json",
            "--event",
            "blocked-event.json",
        ]);
        assert.deepEqual([refused, inside], [true, true]);
        assert.equal(
            sentence,
            "This request was let in by no rule: a blocklist refused it before any policy was asked " +
                "(security.request.blocked, NETWORK_ZONE_BLOCKLIST at 2026-11-30T08:00:00.000Z), by a blocklist that is " +
                'not among the zones that were given. By these zones, a request through 203.0.113.7 is inside the zone "Staff" (nzo1): ' +
                "203.0.113.7, which connects to Okta, is in the gateway 203.0.113.7/32.",
        );
    });

    it("takes all zones of an org as the API lists them, and says which it leaves out", async () => {
        await using scene = await openFiles();
        const { status, out, err } = await call(["explain", "--zone", "all.json", "--chain", "198.51.100.8"], scene);
        const why = "it matches by location, network or service, which an IP chain does not show";
        assert.deepEqual(err, [
            `zonekeeper: left out: zone file all.json, zone 4: the zone "Abroad" is of type DYNAMIC: ${why}`,
        ]);
        assert.equal(status, 0);
        assert.deepEqual(out.split("\n"), [
            'A request through 198.51.100.8 is refused by Okta, whatever the zones of a rule say: 198.51.100.8 is in the gateway 198.51.100.8-198.51.100.9 of the blocklist "BlockedIpZone" (nzo2), and is not exempt; Okta asks blocklists before any policy.',
            "",
            "    zone                          kind       answer",
            '    "Staff" (nzo1)                for rules  inside',
            '    "BlockedIpZone" (nzo2)        blocklist  inside',
            '    "DefaultExemptIpZone" (nzo3)  exempt     outside',
            "",
            '    In "BlockedIpZone" (nzo2):',
            "",
            "    hop  address       match    entry",
            "    1    198.51.100.8  gateway  198.51.100.8-198.51.100.9  connects to Okta",
            "",
            'To be let through: add 198.51.100.8/32 to the gateways of "DefaultExemptIpZone".',
        ]);
    });

    it("lets a block be lifted", async () => {
        await using scene = await openFiles();
        const { out } = await call(["explain", "--zone", "all.json", "--chain", "198.51.100.9"], scene);
        assert.match(
            out,
            /^A request through 198\.51\.100\.9 is inside the zone "Staff" \(nzo1\): 198\.51\.100\.9, which connects to Okta, is in the gateway 198\.51\.100\.0\/24; 198\.51\.100\.9 is on the blocklist "BlockedIpZone" \(nzo2\), and exempt\.\n/,
        );
    });

    it("is a command of the program, which reads its own stdin", async () => {
        const args = [join(ROOT, "bin/zonekeeper.cjs"), "explain", "--zone", "-", "--chain", "203.0.113.7", "--json"];
        const { status, stdout, stderr } = await run(args, { input: JSON.stringify(STAFF) });
        assert.deepEqual([status, stderr, JSON.parse(stdout).inside], [0, "", true]);
    });
});
