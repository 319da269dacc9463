import { strict as assert } from "node:assert";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { tryHostLock } from "../../src/hostLock";
import { openScene, call as run, type Scene } from "./scene";

const [ANA, BEN, NOBODY] = ["203.0.113.7/32", "203.0.113.8/32", "192.0.2.0/32"];

describe("zonekeeper sync --config", () => {
    let scene: Scene;
    beforeEach(async () => {
        scene = await openScene({ nzo1: [NOBODY], nzo2: [NOBODY] }, "");
        await granted(["payroll", ANA], ["admin", BEN]);
        await configured({});
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    const gateways = (id: string) => scene.states(id).at(-1) ?? [];
    const granted = (...all: readonly (readonly [access: string, ip: string])[]) =>
        scene.write(
            "grants.json",
            JSON.stringify({
                grants: all.map(([access, ip]) => ({
                    ...{ id: ip, user: "ana@example.com", ip: ip.replace("/32", "") },
                    ...{ permanent: true, labels: { access } },
                })),
            }),
        );
    const configured = (admin: object, more: object = {}) =>
        scene.write(
            "agent.json",
            JSON.stringify({
                okta: { url: scene.okta.url, apiToken: "env:OKTA_API_TOKEN" },
                source: { type: "file", path: "grants.json" },
                memberships: [
                    { name: "payroll", zones: ["nzo1"], selector: { access: "payroll" } },
                    { name: "admin", zones: ["nzo2"], selector: { access: "admin" }, ...admin },
                ],
                ...more,
            }),
        );
    const sync = (...flags: string[]) =>
        run(["sync", "--config", "agent.json", ...flags], { directory: scene.directory });

    it("writes the zones of each membership, and has nothing to change then", async () => {
        assert.equal((await sync("--check")).status, 4);
        assert.deepEqual([gateways("nzo1"), gateways("nzo2")], [[NOBODY], [NOBODY]]);
        const { status, out } = await sync("--json");
        const { memberships } = JSON.parse(out);
        assert.deepEqual(
            memberships.map(({ name, zones }: { name: string; zones: { written: boolean }[] }) => [
                name,
                zones[0]?.written,
            ]),
            [
                ["payroll", true],
                ["admin", true],
            ],
        );
        assert.deepEqual([status, gateways("nzo1"), gateways("nzo2")], [0, [ANA], [BEN]]);
        assert.equal((await sync("--check")).status, 0);
    });

    it("writes the zones of one membership alone", async () => {
        assert.equal((await sync("--membership", "admin")).status, 0);
        assert.deepEqual([gateways("nzo1"), gateways("nzo2")], [[NOBODY], [BEN]]);
    });

    it("holds removals by the memory of the agent's folder, until they are confirmed", async () => {
        await granted(["payroll", ANA], ["payroll", "203.0.113.9/32"], ["admin", BEN]);
        assert.equal((await sync()).status, 0);
        await granted(["admin", BEN]);
        const held = await sync();
        assert.equal(held.status, 3);
        assert.match(held.out, /held by maxRemovals/);
        assert.equal(gateways("nzo1").length, 2);
        assert.equal((await sync("--confirm-removals")).status, 0);
        assert.deepEqual(gateways("nzo1"), [NOBODY]);
    });

    it("leaves a membership with a group to an agent, and writes the others", async () => {
        await configured({ group: "00gA" });
        const { status, out } = await sync();
        assert.equal(status, 2);
        assert.match(
            out,
            /^Membership payroll\nZone [\s\S]*\n\nMembership admin\ncannot be kept: its grants are bound .*$/,
        );
        assert.deepEqual([gateways("nzo1"), gateways("nzo2")], [[ANA], [NOBODY]]);
    });

    it("writes nothing while an agent keeps the folder", async () => {
        const state = join(scene.directory, "zonekeeper-state");
        await mkdir(state, { recursive: true });
        const lock = tryHostLock(join(state, "leader.lock"));
        const { status, err } = await sync();
        lock?.release();
        assert.equal(status, 2);
        assert.match(err.join(), /an agent keeps the folder/);
        assert.deepEqual(gateways("nzo1"), [NOBODY]);
    });

    const wrong: Readonly<Record<string, [flags: readonly string[], says: RegExp]>> = {
        "a flag that the configuration says": [["--zone", "nzo1"], /--zone is in the configuration already/],
        "a window that the configuration says": [["--max-removals-window", "1m"], /--max-removals-window is in the/],
        "a membership that there is not": [["--membership", "zzz"], /has no membership "zzz"; there is payroll, admin/],
    };
    for (const [what, [flags, says]] of Object.entries(wrong)) {
        it(`refuses ${what}`, async () => {
            const { status, err } = await sync(...flags);
            assert.equal(status, 2);
            assert.match(err.join(), says);
        });
    }

    it("does not write where an agent of another host may lead", async () => {
        await configured({}, { leader: { type: "kubernetes", namespace: "a", name: "b" } });
        const { status, err } = await sync();
        assert.equal(status, 2);
        assert.match(err.join(), /may lead by kubernetes/);
        assert.equal((await sync("--check")).status, 4);
    });
});
