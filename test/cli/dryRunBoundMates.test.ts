import { strict as assert } from "node:assert";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { systemClock } from "../../src/clock";
import { spanOf } from "../../src/core/addresses/ip";
import type { Grant } from "../../src/core/grants/grants";
import { memoryFile } from "../../src/memoryFile";
import { remembered } from "../support/remembered";
import { call, openScene, type Scene } from "./scene";

const NAMES = ["ana", "ben", "cleo", "dan"] as const;
const login = (name: string) => `${name}@example.com`;
const id = (name: string) => `00u${name}`;

/** A grant of each user, in the zone of a membership. */
function grantsFor(access: "payroll" | "admin", userOf: (name: string) => string): Grant[] {
    const first = access === "payroll" ? 10 : 20;
    return NAMES.map((name, index) => ({
        id: `${access} ${name}`,
        user: userOf(name),
        spans: [spanOf(`203.0.113.${first + index}/32`)],
        labels: { access },
    }));
}

const entriesOf = (grants: readonly Grant[]) =>
    grants.map(({ id, user, spans: [span], labels }) => ({
        ...{ id, user, labels, permanent: true },
        ip: `203.0.113.${(span?.low ?? 0) % 256}`,
    }));

const addressesOf = (first: number) => NAMES.map((_, index) => `203.0.113.${first + index}/32`);

describe("a dry run beside a membership that is bound to users", () => {
    let scene: Scene;
    beforeEach(async () => {
        const users = [...NAMES, "eva"].map((name) => ({ id: id(name), login: login(name) }));
        const seed = { users, groups: [{ id: "00gA", name: "Admins", members: NAMES.map(login) }] };
        scene = await openScene({ nzo1: addressesOf(10), nzo2: addressesOf(20) }, "grants: []\n", seed);
        await remember("payroll", "nzo1", grantsFor("payroll", login));
        await remember("admin", "nzo2", grantsFor("admin", id));
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    /** What an agent has written down of a membership. */
    async function remember(name: string, zone: string, grants: readonly Grant[]): Promise<void> {
        const folder = join(scene.directory, "state", "memberships", name);
        await mkdir(folder, { recursive: true });
        const file = memoryFile({ path: join(folder, "grants.json"), clock: systemClock, onSetAside: assert.fail });
        await file.write(remembered(grants, { zones: [zone] }));
    }

    /** The dry run of `payroll`, which loses one of its grants, while the source says this of `admin`. */
    async function dryRun(admin: readonly Grant[], group = "00gA") {
        const [, ...payroll] = grantsFor("payroll", login);
        await scene.write("grants.yaml", JSON.stringify({ grants: entriesOf([...payroll, ...admin]) }));
        const settings = {
            okta: { url: scene.okta.url },
            source: { type: "file", path: "grants.yaml" },
            state: "state",
            limits: { maxRemovals: 2 },
            memberships: [
                { name: "payroll", zones: ["nzo1"], selector: { access: "payroll" } },
                { name: "admin", zones: ["nzo2"], selector: { access: "admin" }, group },
            ],
        };
        await scene.write("agent.json", JSON.stringify(settings));
        const flags = ["--config", "agent.json", "--dry-run", "--membership", "payroll", "--json"];
        const { status, out, err } = await call(["agent", ...flags], { directory: scene.directory });
        assert.deepEqual([scene.states("nzo1").length, scene.states("nzo2").length], [1, 1]);
        const [membership] = JSON.parse(out).memberships;
        return { status, removed: membership?.zones[0].remove, refused: membership?.refused, err: err.join("\n") };
    }

    it("takes a user for the same whom the source named by id, and names by login now", async () => {
        const { status, removed, err } = await dryRun(grantsFor("admin", login));
        assert.deepEqual([status, removed], [0, ["203.0.113.10/32"]], err);
    });

    it("holds a removal where the other membership loses its users by the same reading", async () => {
        const { status, removed, refused } = await dryRun(grantsFor("admin", () => login("eva")));
        assert.deepEqual([status, removed], [3, []]);
        assert.match(JSON.stringify(refused), /in all memberships of the source 5 of 8 known active grants/);
    });

    it("counts the users by their names where the group cannot be used, which its own dry run reports", async () => {
        const { status, removed, err } = await dryRun(grantsFor("admin", login), "00gNone");
        assert.deepEqual([status, removed], [3, []]);
        assert.doesNotMatch(err, /00gNone/);
    });
});
