import { strict as assert } from "node:assert";

import { openScene, call as run, type Scene } from "./scene";

const [ANA, BEN] = ["203.0.113.7/32", "203.0.113.8/32"];
const grant = (id: string, user: string, ip: string, access: string) =>
    `  - { id: ${id}, user: ${user}, ip: ${ip.replace("/32", "")}, permanent: true, labels: { access: ${access} } }\n`;

describe("commands on a configuration with several memberships", () => {
    let scene: Scene;
    beforeEach(async () => {
        scene = await openScene({ nzo1: ["192.0.2.0/32"], nzo2: ["192.0.2.0/32"] }, "");
        const payroll = grant("g-1", "ana@example.com", ANA, "payroll");
        await scene.write("grants.yaml", `grants:\n${payroll}${grant("g-2", "ben@example.com", BEN, "admin")}`);
        await scene.write("agent.json", configuration({}));
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    const configuration = (more: object, admin: object = { zones: ["nzo2"], selector: { access: "admin" } }) =>
        JSON.stringify({
            okta: { url: scene.okta.url, apiToken: "env:OKTA_API_TOKEN" },
            source: { type: "file", path: "grants.yaml" },
            listen: "127.0.0.1:1",
            memberships: [
                { name: "payroll", zones: ["nzo1"], selector: { access: "payroll" } },
                { name: "admin", ...admin },
            ],
            ...more,
        });
    const plainly = (flags: readonly string[]) => run(flags, { directory: scene.directory });
    const call = (...flags: string[]) => plainly([...flags, "--config", "agent.json"]);
    const json = async (...flags: string[]) => {
        const { status, out } = await call(...flags, "--json");
        return { status, document: JSON.parse(out) };
    };

    it("agent --dry-run says of each what its first round would do", async () => {
        const { status, document } = await json("agent", "--dry-run");
        assert.equal(status, 0);
        assert.deepEqual(
            document.memberships.map(({ name, zones }: Named) => [name, zones[0]?.gateways]),
            [
                ["payroll", [ANA]],
                ["admin", [BEN]],
            ],
        );
        assert.deepEqual(scene.states("nzo1"), [["192.0.2.0/32"]]);
    });

    it("agent --dry-run shows the others if one cannot be kept, and ends with 1", async () => {
        await scene.write("agent.json", configuration({}, { zones: ["nzoGone"] }));
        const { status, out } = await call("agent", "--dry-run");
        assert.equal(status, 1);
        assert.match(out, /^Membership payroll\nZone "[\s\S]*\n\nMembership admin\ncannot be kept: .*\[ZK201\]$/);
    });

    const unusable: Readonly<Record<string, [more: object, admin: object, says: RegExp]>> = {
        "a source of one of them": [
            {},
            { zones: ["nzo2"], source: { type: "flie", path: "x" } },
            /^Membership payroll\nZone "[\s\S]*\nMembership admin\ncannot be kept: the source's type "flie" is .*\[ZK002\]$/,
        ],
        "an org without a name, whose variables are not used": [
            { okta: undefined, orgs: { acme: { apiToken: "env:OKTA_API_TOKEN" } } },
            { zones: ["nzo2"] },
            /cannot be kept: no Okta org: set orgs\.acme\.orgName; of acme\.okta\.com it is acme \[ZK002\]$/,
        ],
    };
    for (const [what, [more, admin, says]] of Object.entries(unusable)) {
        it(`agent --dry-run ends with 2 for ${what}`, async () => {
            await scene.write("agent.json", configuration(more, admin));
            const { status, out } = await call("agent", "--dry-run");
            assert.equal(status, 2);
            assert.match(out, says);
        });
    }

    it("agent says which membership has a source that is none", async () => {
        await scene.write("agent.json", configuration({}, { zones: ["nzo2"], source: { type: "flie", path: "x" } }));
        const { status, err } = await call("agent");
        assert.equal(status, 2);
        assert.match(
            err.join("\n"),
            /^zonekeeper: cannot use the configuration agent\.json: of the membership "admin": the source's type "flie" is not file, /m,
        );
    });

    it("agent --dry-run --membership is about one", async () => {
        const { document } = await json("agent", "--dry-run", "--membership", "admin");
        assert.deepEqual(
            document.memberships.map(({ name }: Named) => name),
            ["admin"],
        );
    });

    it("why looks for a person in all of them, and shows the one with a grant", async () => {
        const { document } = await json("why", "ben@example.com");
        assert.equal(document.membership, "admin");
        assert.deepEqual(
            document.memberships.map(({ membership }: { membership: string }) => membership),
            ["payroll", "admin"],
        );
        const { out } = await call("why", "ben@example.com");
        assert.match(out, /^Membership admin\n[\s\S]*\nThe other memberships:\n {2}payroll: out, as /);
    });

    it("doctor examines each", async () => {
        const { document } = await json("doctor");
        const of = new Set(document.checks.map(({ membership }: { membership: string }) => membership));
        assert.deepEqual([...of], ["payroll", "admin"]);
        const { out } = await call("doctor", "--membership", "payroll");
        assert.match(out, /^Membership payroll\n\nThe way to Okta\n/);
        assert.doesNotMatch(out, /Membership admin/);
    });

    it("takes zones and selector of a membership from its stack", async () => {
        const outputs = { zoneIds: ["nzo2"], settings: { membership: "agent", selector: { access: "admin" } } };
        await scene.write("stack.json", JSON.stringify(outputs));
        await scene.write("agent.json", configuration({}, { stack: "stack.json" }));
        const { document } = await json("agent", "--dry-run", "--membership", "admin");
        assert.deepEqual(
            document.memberships[0].zones.map(({ id, gateways }: Zone) => [id, gateways]),
            [["nzo2", [BEN]]],
        );
    });

    const wrong: readonly (readonly [what: string, flags: readonly string[], says: RegExp])[] = [
        [
            "a name that there is not",
            ["doctor", "--config", "agent.json", "--membership", "wiki"],
            /^zonekeeper: the configuration has no membership "wiki"; there is payroll, admin \[ZK002\]$/m,
        ],
        [
            "a name without a configuration",
            ["doctor", "--zone", "nzo1", "--membership", "payroll"],
            /--membership names one of a configuration: give it with --config/,
        ],
        [
            "an agent of one of them",
            ["agent", "--config", "agent.json", "--membership", "payroll"],
            /an agent keeps every membership: --membership is for --dry-run/,
        ],
    ];
    for (const [what, flags, says] of wrong) {
        it(`refuses ${what} in one sentence`, async () => {
            const { status, err } = await plainly(flags);
            assert.equal(status, 2);
            assert.match(err.join("\n"), says);
        });
    }

    it("refuses --okta for several orgs, whose addresses it cannot replace", async () => {
        const orgs = { acme: { url: scene.okta.url }, lab: { url: scene.okta.url } };
        const memberships = [
            { name: "payroll", org: "acme", zones: ["nzo1"] },
            { name: "admin", org: "lab", zones: ["nzo2"] },
        ];
        await scene.write("agent.json", JSON.stringify({ orgs, memberships, source: "grants.yaml" }));
        const { status, err } = await call("doctor", "--okta", scene.okta.url);
        assert.equal(status, 2);
        assert.match(
            err.join("\n"),
            /--okta replaces the address of one org, and the configuration has several: write url into each/,
        );
    });
});

interface Zone {
    readonly id: string;
    readonly gateways: readonly string[];
}

interface Named {
    readonly name: string;
    readonly zones: readonly Zone[];
}
