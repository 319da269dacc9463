import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { HEALTHY, IN_ZONE, policy, rule, zone } from "./doctor/scene";
import { call, openScene } from "./scene";
import { BLOCKED } from "./whyBlocked";
import { ELSEWHERE } from "./whyElsewhere";
import { MORE } from "./whyMore";
import { GRANT, type Situation, signIn } from "./whyScenes";
import { TEN } from "./whyTen";

interface Line {
    readonly kind: string;
    readonly status: string;
    readonly subject: string;
    readonly message: string;
}

describe("zonekeeper why", () => {
    for (const each of TEN) it(`solves ${each.title}, one of the ten`, () => assertSolved(each));
    for (const each of ELSEWHERE) it(`solves ${each.title}`, () => assertSolved(each));
    for (const each of BLOCKED) it(`solves ${each.title}`, () => assertSolved(each));
    for (const each of MORE) it(`solves ${each.title}`, () => assertSolved(each));
});

describe("the subject of zonekeeper why", () => {
    for (const words of [
        ["203.0.113.7", "--zone", "nzo1", "--source", "grants.yaml"],
        ["--source", "grants.yaml", "--zone", "nzo1", "203.0.113.7"],
        ["--zone", "nzo1", "203.0.113.7", "--source", "grants.yaml"],
        ["--source", "grants.yaml", "--zone", "nzo1", "--", "203.0.113.7"],
        ["--source", "grants.yaml", "--zone=nzo1", "203.0.113.7"],
        ["--zone", "nzo1", "--source", "grants.yaml", "--deny", "10.0.0.0/8", "203.0.113.7"],
    ]) {
        it(`is never taken for a second zone or range: ${words.join(" ")}`, async () => {
            await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), HEALTHY);
            const called = await call(["why", "--okta", scene.okta.url, "--json", ...words], {
                directory: scene.directory,
            });
            const { subject, inside } = JSON.parse(called.out);
            assert.deepEqual([called.status, subject, inside], [0, "203.0.113.7", true], called.out);
        });
    }

    for (const words of [["--zone", "nzo1"], ["--zone", "nzo1", "nzo2"], []]) {
        it(`is asked for where there is none: why ${words.join(" ")}`, async () => {
            const { status, err } = await call(["why", ...words]);
            const says = "say whom or what it is about: a login, an address, a chain or an event";
            assert.deepEqual([status, err], [2, [`zonekeeper: ${says} [ZK002]`]]);
        });
    }
});

async function assertSolved(situation: Situation) {
    const { grants = [GRANT], seed = {}, before, subject = "ana@example.com", flags = [] } = situation;
    await using scene = await openScene({}, JSON.stringify({ grants }), { ...HEALTHY, ...seed });
    await before?.(scene);
    const first = scene.okta.requests.length;
    const zoneFlags = flags.includes("--zone") ? [] : ["--zone", "nzo1"];
    const args = ["--okta", scene.okta.url, ...zoneFlags, "--source", "grants.yaml", ...flags];
    const { status, out } = await call(["why", subject, ...args, "--json"], { directory: scene.directory });
    const answer = JSON.parse(out);
    assert.deepEqual(Object.keys(answer), ["subject", "inside", "because", "next", "lines"]);
    for (const line of answer.lines) assert.deepEqual(Object.keys(line), ["kind", "status", "subject", "message"]);
    const bad = answer.lines.filter((line: Line) => line.status === "bad").map((line: Line) => line.kind);
    assert.deepEqual({ status, inside: answer.inside, bad }, pick(situation), out);
    assert.match(answer.because, situation.because);
    assert.match(answer.next, situation.next);
    const asked = scene.okta.requests.slice(first).map(({ method }) => method);
    assert.deepEqual([...new Set(asked)], ["GET"]);
}

function pick({ status, inside, bad }: Situation) {
    return { status, inside, bad: [...bad] };
}

/** What the page shows as printed by the command. */
function shownIn(page: string): string {
    const text = readFileSync(join(__dirname, "..", "..", page), "utf8");
    const [, shown] = /\n\$ zonekeeper why [^\n]*\n(.*?)\n```/s.exec(text) ?? [];
    return shown ?? assert.fail(`${page} shows nothing`);
}

function steady(text: string): string {
    return text.replace(/20\d\d-[\d:.T-]+Z/g, "TIME");
}

describe("zonekeeper why says to people", () => {
    it("what docs/guides/on-call.md shows: what it looked at, one sentence, and one step", async () => {
        const seed = { ...HEALTHY, events: [signIn("198.51.100.9")] };
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), seed);
        const args = ["--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml"];
        const { status, out, err } = await call(["why", "ana@example.com", ...args], { directory: scene.directory });
        assert.deepEqual([status, err], [3, []]);
        assert.deepEqual(steady(out).split("\n"), steady(shownIn("docs/guides/on-call.md")).split("\n"));
    });

    it("on one line what a source writes", async () => {
        const grant = { ...GRANT, id: "g\n  ok  x\u001b[31m", expiresAt: "2020-01-01T00:00:00Z" };
        await using scene = await openScene({}, JSON.stringify({ grants: [grant] }), HEALTHY);
        const args = ["--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml"];
        const { out } = await call(["why", "ana@example.com", ...args], { directory: scene.directory });
        assert.doesNotMatch(out, /^ {2}ok {2}x/m);
        assert.equal(out.includes("\u001b"), false);
    });
});

describe("zonekeeper why goes by", () => {
    it("Okta's time where this machine's clock is an hour behind", async () => {
        const HOUR = 3_600_000;
        const grant = { ...GRANT, expiresAt: new Date(Date.now() + HOUR / 2).toISOString() };
        const grants = JSON.stringify({ grants: [grant] });
        await using scene = await openScene({}, grants, HEALTHY, () => Date.now() + HOUR);
        const args = ["--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml"];
        const { out } = await call(["why", "ana@example.com", ...args], { directory: scene.directory });
        assert.match(out, /unknown {2}clock .*this machine's clock is 3\d{3} s behind Okta's/);
        assert.match(out, /unknown {2}grant .*the grant g-1 for 203\.0\.113\.7 has ended at/);
    });
});

describe("zonekeeper why refuses", () => {
    const zone = ["--zone", "nzo1"];
    for (const [title, args, says] of [
        ["nothing", zone, "say whom or what it is about"],
        ["an empty argument", ["", ...zone], "the argument is empty: give a login, an address, a chain or an event"],
        ["no zones", ["ana"], "say which zones it is about: --zone ID, or --config FILE of an agent"],
        [
            "a zone's id that is none",
            ["ana", "--zone", "nzo 1"],
            '--zone "nzo 1" is not an id such as nzo1a2b3c4d5e6f7g8h9',
        ],
        ["a zone twice", ["ana", ...zone, "nzo1"], "--zone nzo1 is given twice"],
        ["a range", ["203.0.113.0/24", ...zone], 'address 1 of the chain is not a single address: "203.0.113.0/24"'],
        [
            "a port",
            ["203.0.113.7:443", ...zone],
            'address 1 of the chain has a port: write 203.0.113.7 instead of "203.0.113.7:443"',
        ],
        [
            "an octet too many",
            ["203.0.113.256", ...zone],
            'address 1 of the chain is not an IPv4 address: "203.0.113.256"',
        ],
        [
            "the owner of the credential",
            ["me", ...zone],
            '"me" is not an Okta login or user id, an address, a chain or an event',
        ],
        [
            "a file that is not there",
            ["event.json", ...zone],
            "cannot read event file event.json: there is no such file",
        ],
        [
            "a configuration with zones besides",
            ["ana", "--config", "a.yaml", ...zone],
            "--zone is in the configuration already: leave it out with --config",
        ],
        [
            "two subjects",
            ["ana", "bob", ...zone],
            "too many arguments for 'why'. Expected 1 argument but got 2. Put what belongs together, such as a chain, in quotes.",
        ],
    ] as const) {
        it(title, async () => {
            const { status, out, err } = await call(["why", ...args]);
            assert.deepEqual([out, err.length], ["", 1]);
            assert.ok(err[0]?.startsWith(`zonekeeper: ${says}`), err[0]);
            assert.equal(status, title === "a file that is not there" ? 1 : 2);
        });
    }

    it("an event that the log does not have", async () => {
        await using scene = await openScene({}, "grants: []", HEALTHY);
        const id = "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a";
        const { status, err } = await call(["why", id, "--okta", scene.okta.url, "--zone", "nzo1"]);
        const says = `zonekeeper: Okta's System Log has no event ${id} within 90 days [ZK002]`;
        assert.deepEqual([status, err], [2, [says]]);
    });
});

describe("zonekeeper why asks", () => {
    it("a bounded number of questions of a large org, and finds the rule", async () => {
        const zones = Array.from({ length: 100 }, (_, index) =>
            zone(`nzo${index + 1}`, `Zone ${index + 1}`, ["203.0.113.7/32"]),
        );
        const other = (index: number) =>
            rule(`Rule ${index}`, { connection: "ZONE", include: [`nzo${2 + (index % 90)}`] });
        const policies = Array.from({ length: 59 }, (_, index) => ({
            id: `rstOther${index}`,
            name: `Policy ${index}`,
            rules: Array.from({ length: 8 }, (_each, at) => other(index + at)),
        }));
        const seed = { ...HEALTHY, zones, policies: [...policies, policy(IN_ZONE)] };
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), seed);
        const args = ["--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml", "--json"];
        const { status, out } = await call(["why", "ana@example.com", ...args], { directory: scene.directory });
        assert.equal(status, 0, out);
        // One for each policy, those that every org has included, and 12 for all else.
        assert.ok(scene.asked().length <= 80, `${scene.asked().length} requests`);
        const named = await call(["why", "ana@example.com", ...args, "--policy", "rst1"], {
            directory: scene.directory,
        });
        assert.deepEqual([named.status, scene.asked().length <= 95], [0, true]);
    });

    it("no more once Okta refuses the credential, and does not know then", async () => {
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), HEALTHY);
        const args = ["--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml", "--json"];
        const env = { OKTA_API_TOKEN: "00tAnotherSecretThatIsNotKnown" };
        const { status, out } = await call(["why", "ana@example.com", ...args], { directory: scene.directory, env });
        const { inside, because } = JSON.parse(out);
        assert.deepEqual([status, inside, scene.asked().length], [1, null, 1]);
        assert.match(because, /^the zones could not be read: /);
    });
});
