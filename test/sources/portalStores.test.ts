import { strict as assert } from "node:assert";
import { appendFile, copyFile, mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "../../src/clock";
import { restoredChanges } from "../../src/core/portal/restored";
import type { Change } from "../../src/core/portal/state";
import type { PortalGrant } from "../../src/core/portal/types";
import type { ChangeLog } from "../../src/sources/portal/changeLog";
import { fileLog } from "../../src/sources/portal/fileLog";
import { fileReports } from "../../src/sources/portal/fileReports";
import { portalSchemaSql } from "../../src/sources/portal/portalSchema";
import { portalSource } from "../../src/sources/portal/portalSource";
import { openPortalStore, type PortalStore } from "../../src/sources/portal/portalStore";
import type { AgentReports } from "../../src/sources/portal/reports";
import { storeMemoryFile } from "../../src/sources/portal/storeMemory";
import { tableLog } from "../../src/sources/portal/tableLog";
import { tableReports } from "../../src/sources/portal/tableReports";
import { type Postgres, startPostgres } from "../support/postgres";

const NOW = Date.parse("2026-12-01T12:00:00Z");
const HOUR = 3_600_000;
const ANY = new AbortController().signal;

const GRANT: PortalGrant = {
    id: "g1",
    access: "payroll",
    holder: { iss: "https://idp", sub: "ana", user: "ana@example.com", name: "Ana" },
    addresses: ["203.0.113.7"],
    createdAtMs: NOW,
    startsAtMs: NOW,
    expiresAtMs: NOW + HOUR,
    labels: { access: "payroll" },
    requestId: "r1",
};

interface Place extends AsyncDisposable {
    log(): ChangeLog;
    reports(): AgentReports;
}

describe("the portal's store in a file", () => {
    contract(async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const options = { path: join(directory, "portal.jsonl"), sleep: systemClock.sleep };
        return {
            log: () => fileLog(options),
            reports: () => fileReports(options),
            [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
        };
    });

    it("leaves out what a crash left half written, and cuts it off with the next change", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const path = join(directory, "portal.jsonl");
        const open = () => openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW);
        await put(open(), GRANT);
        await appendFile(path, '[["grants","g2",{"id":');
        const store = open();
        assert.deepEqual([...(await store.read(ANY)).grants.keys()], ["g1"]);
        await put(store, { ...GRANT, id: "g3" });
        assert.deepEqual([...(await open().read(ANY)).grants.keys()], ["g1", "g3"]);
        assert.equal((await readFile(path, "utf8")).split("\n").length, 4);
        await rm(directory, { recursive: true });
    });

    it("forgets what it decided where that could not be written", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const log = fileLog({ path: join(directory, "portal.jsonl"), sleep: systemClock.sleep });
        let isBroken = true;
        const breaking: ChangeLog = {
            ...log,
            append: (position, decide) =>
                log.append(position, (news) => {
                    const addition = decide(news);
                    if (isBroken) throw new Error("the disk is full");
                    return addition;
                }),
        };
        const store = openPortalStore(breaking, () => NOW);
        await assert.rejects(put(store, GRANT), /the disk is full/);
        assert.equal((await store.read(ANY)).grants.size, 0);
        isBroken = false;
        await put(store, { ...GRANT, id: "g2" });
        assert.deepEqual([...(await store.read(ANY)).grants.keys()], ["g2"]);
        await rm(directory, { recursive: true });
    });

    it("says which file cannot be read, and that a line is none of a portal's", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const path = join(directory, "portal.jsonl");
        await appendFile(path, "junk\n");
        const store = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW);
        await assert.rejects(
            store.read(ANY),
            /portal\.jsonl: its first line is none that a portal wrote there; put a whole copy in its place/,
        );
        const folder = openPortalStore(fileLog({ path: directory, sleep: systemClock.sleep }), () => NOW);
        await assert.rejects(
            folder.read(ANY),
            (error: Error & { code?: string }) => error.code === "source-unreadable",
        );
        await rm(directory, { recursive: true });
    });
});

/** What may happen to a file under those who have it open, and why they refuse it then. */
const LOSSES: Readonly<Record<string, readonly [lose: (path: string) => Promise<unknown>, why: RegExp]>> = {
    "is emptied in place": [(path) => truncate(path, 0), /it is empty or gone, and had 4 lines/],
    "is taken away": [(path) => rm(path), /it is empty or gone, and had 4 lines/],
    "loses its last line": [(path) => cut(path, 0, -1), /it has lost its lines 4 to 4/],
    "loses its last line, and is another file": [(path) => cutAnew(path, 0, -1), /it has lost its lines 4 to 4/],
    "loses its first line": [(path) => cut(path, 1), /its first line is none that a portal wrote there/],
    "loses a line in between": [(path) => cutOut(path, 1), /its line 2 is none that a portal wrote there/],
    "is written over with as many bytes": [
        async (path) => writeFile(path, (await readFile(path, "utf8")).replaceAll("payroll", "PAYROLL")),
        /its line 2 is none that a portal wrote there/,
    ],
    "is another store": [
        async (path) => {
            await rm(path);
            const other = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW + 1);
            for (const id of ["o1", "o2", "o3", "o4"]) await put(other, { ...GRANT, id });
        },
        /it is another store than the one that was read before/,
    ],
    "is an older copy, and somebody without a memory went on with it": [
        async (path) => {
            await cutAnew(path, 0, -1);
            const other = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW + 1);
            for (const id of ["o1", "o2"]) await put(other, { ...GRANT, id });
        },
        /its line 4 is not the one that was read before/,
    ],
};

describe("a portal's store in a file that", () => {
    let directory: string;
    let [path, copy] = ["", ""];
    const open = (name?: string) =>
        openPortalStore(
            fileLog({ path, sleep: systemClock.sleep }),
            () => NOW,
            name === undefined ? undefined : storeMemoryFile(join(directory, name)),
        );

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        [path, copy] = [join(directory, "portal.jsonl"), join(directory, "backup.jsonl")];
    });

    afterEach(() => rm(directory, { recursive: true }));

    /** Two live grants of which one is ended after the backup; read and remembered by all. */
    const prepared = async (stores: readonly PortalStore[]) => {
        const [first] = stores as [PortalStore];
        await put(first, GRANT);
        await put(first, { ...GRANT, id: "g2" });
        await copyFile(path, copy);
        await put(first, { ...GRANT, id: "g2", endedAtMs: NOW, endedBecause: "revoked by Adam" });
        for (const store of stores) await store.read(ANY);
    };

    for (const [what, [lose, why]] of Object.entries(LOSSES)) {
        it(`${what} is refused: by who has it open, after a restart, and for writing`, async () => {
            const [portal, agent] = [open("portal.json"), open("agent.json")];
            await prepared([portal, agent]);
            await agent.close();
            await lose(path);
            const restarted = open("agent.json");
            for (const store of [portal, restarted]) {
                await assert.rejects(store.read(ANY), (error: Error & { code?: string }) => {
                    assert.equal(error.code, "source-unreadable");
                    assert.match(error.message, why);
                    assert.match(error.message, /--accept-store/);
                    return true;
                });
            }
            const before = await readFile(path, "utf8").catch(() => "none");
            await assert.rejects(put(portal, { ...GRANT, id: "g9" }), why);
            assert.equal(await readFile(path, "utf8").catch(() => "none"), before);
        });
    }

    it("comes back as it was counts again without a restart", async () => {
        const portal = open("portal.json");
        await prepared([portal]);
        const whole = await readFile(path);
        await truncate(path, 0);
        await assert.rejects(portal.read(ANY), /empty or gone/);
        await writeFile(path, whole);
        assert.equal((await portal.read(ANY)).grants.size, 2);
        await put(portal, { ...GRANT, id: "g3" });
        assert.equal((await open().read(ANY)).grants.size, 3);
    });

    it("was written anew by another process counts", async () => {
        const [portal, agent] = [open("portal.json"), open("agent.json")];
        await prepared([portal, agent]);
        const touch = () =>
            portal.transact(() => ({ changes: [["used", "k", { untilMs: NOW + HOUR }]], result: undefined }));
        await Promise.all(Array.from({ length: 20_010 }, touch));
        assert.match(await readFile(path, "utf8"), /^\d{5} /, "it begins with a later line");
        assert.equal((await agent.read(ANY)).grants.size, 2);
        assert.equal((await open("agent.json").read(ANY)).grants.size, 2);
    }).timeout(30_000);

    for (const [how, restore] of Object.entries<() => Promise<unknown>>({
        "restored in place": () => copyFile(copy, path),
        "restored by a rename": () => rename(copy, path),
    })) {
        it(`was ${how} counts once it is accepted, for all who have it open, and what was ended stays ended`, async () => {
            const [portal, agent] = [open("portal.json"), open("agent.json")];
            await prepared([portal, agent]);
            await portal.close();
            await restore();
            await assert.rejects(agent.read(ANY), /it has lost its lines 4 to 4/);
            const command = open("portal.json");
            await command.accept((state, endedGrants) => restoredChanges(state, endedGrants, NOW));
            for (const store of [portal, agent, open("agent.json"), open()]) {
                const { grants } = await store.read(ANY);
                assert.deepEqual(
                    [...grants.values()].map(({ id, endedBecause }) => [id, endedBecause]),
                    [
                        ["g1", undefined],
                        ["g2", "it was ended before the portal's store was restored"],
                    ],
                );
            }
            await put(agent, { ...GRANT, id: "g3" });
            assert.equal((await portal.read(ANY)).grants.size, 3);
        });
    }

    it("was accepted by somebody who remembers nothing still lets nobody back in at an agent that does", async () => {
        const agent = open("agent.json");
        await prepared([agent]);
        await agent.close();
        await copyFile(copy, path);
        await open().accept((state, endedGrants) => restoredChanges(state, endedGrants, NOW));
        const source = portalSource({
            store: open("agent.json"),
            limits: { widestPrefix: 24, allowUnroutable: false },
            now: () => NOW,
        });
        const { grants, named } = await source.read(ANY);
        assert.deepEqual([grants.map(({ id }) => id), [...(named?.removed ?? [])]], [["g1"], ["g2"]]);
    });

    it("was lost can be begun anew, and goes on where agents have it open", async () => {
        const [portal, agent] = [open("portal.json"), open("agent.json")];
        await prepared([portal, agent]);
        await rm(path);
        await assert.rejects(agent.read(ANY), /empty or gone/);
        await open("portal.json").accept(() => []);
        assert.deepEqual([(await agent.read(ANY)).grants.size, (await portal.read(ANY)).grants.size], [0, 0]);
    });
});

async function cut(path: string, ...range: readonly [number, number?]): Promise<void> {
    const lines = (await readFile(path, "utf8")).split("\n").slice(0, -1);
    await writeFile(
        path,
        lines
            .slice(...range)
            .map((line) => `${line}\n`)
            .join(""),
    );
}

async function cutAnew(path: string, ...range: readonly [number, number?]): Promise<void> {
    await copyFile(path, `${path}.new`);
    await cut(`${path}.new`, ...range);
    await rename(`${path}.new`, path);
}

async function cutOut(path: string, at: number): Promise<void> {
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, lines.filter((_, index) => index !== at).join("\n"));
}

describe("the portal's store in PostgreSQL", () => {
    let postgres: Postgres;

    before(async () => {
        postgres = await startPostgres();
    });

    after(() => postgres[Symbol.asyncDispose]());

    contract(async () => {
        const url = await postgres.createDatabase();
        await postgres.query(url, portalSchemaSql());
        const options = { ...systemClock, url: () => url, setting: "env:DATABASE_URL" };
        const opened: { close(): Promise<void> }[] = [];
        const kept = <T extends { close(): Promise<void> }>(part: T) => {
            opened.push(part);
            return part;
        };
        return {
            log: () => kept(tableLog(options)),
            reports: () => kept(tableReports(options)),
            async [Symbol.asyncDispose]() {
                for (const part of opened) await part.close();
            },
        };
    });

    for (const [what, sql, why] of [
        ["is emptied", "DELETE FROM zonekeeper_portal", /it is empty or gone, and had 3 lines/],
        ["loses its last row", "DELETE FROM zonekeeper_portal WHERE seq = 3", /it has lost its lines 3 to 3/],
        [
            "has another last row",
            "UPDATE zonekeeper_portal SET line = replace(line, '3 ', '3 x') WHERE seq = 3",
            /its line 3 is none that a portal wrote there/,
        ],
    ] as const) {
        it(`is refused when it ${what}, also after a restart, until somebody accepts it`, async () => {
            const url = await postgres.createDatabase();
            await postgres.query(url, portalSchemaSql());
            const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
            const log = () => tableLog({ ...systemClock, url: () => url, setting: "env:DATABASE_URL" });
            let nowMs = NOW;
            const later = () => (nowMs += 2_000);
            const open = () => openPortalStore(log(), later, storeMemoryFile(join(directory, "portal.json")));
            const store = open();
            await put(store, GRANT);
            await put(store, { ...GRANT, id: "g2" });
            await postgres.query(url, sql);
            const restarted = open();
            for (const each of [store, restarted]) await assert.rejects(each.read(ANY), why);
            await assert.rejects(put(store, { ...GRANT, id: "g9" }), why);
            if (what !== "has another last row") {
                await restarted.accept((state, endedGrants) => restoredChanges(state, endedGrants, NOW));
                assert.equal((await store.read(ANY)).grants.size, what === "is emptied" ? 0 : 1);
            }
            await restarted.close();
            await store.close();
            await rm(directory, { recursive: true });
        });
    }

    it("lets the agent's role read grants and not write them, and the portal's role the other way round", async () => {
        const url = await postgres.createDatabase();
        await postgres.query(url, portalSchemaSql());
        const [portalRole, agentRole] = await rolesOf(postgres, url);
        const options = (role: string) => ({ ...systemClock, url: () => role, setting: "env:DATABASE_URL" });
        const logs = [tableLog(options(portalRole)), tableLog(options(agentRole))] as const;
        const reports = [tableReports(options(portalRole)), tableReports(options(agentRole))] as const;
        const [portal, agent] = logs.map((log) => openPortalStore(log, () => NOW)) as [PortalStore, PortalStore];
        await put(portal, GRANT);
        assert.deepEqual([...(await agent.read(ANY)).grants.keys()], ["g1"]);
        await assert.rejects(put(agent, { ...GRANT, id: "g2" }), /permission denied/);
        await reports[1].write("payroll", { heartbeatAtMs: NOW, grants: {} });
        assert.equal((await reports[0].read(ANY)).length, 1);
        await assert.rejects(reports[0].write("payroll", { heartbeatAtMs: 0, grants: {} }), /permission denied/);
        for (const part of [...logs, ...reports]) await part.close();
    });
});

/** What every store does, by two processes that have it open. */
function contract(open: () => Promise<Place>): void {
    let place: Place;
    let [one, two]: [PortalStore, PortalStore] = [undefined, undefined] as never;

    beforeEach(async () => {
        place = await open();
        one = openPortalStore(place.log(), () => NOW);
        two = openPortalStore(place.log(), () => NOW);
    });

    afterEach(() => place[Symbol.asyncDispose]());

    it("is empty at first", async () => {
        assert.equal((await one.read(ANY)).grants.size, 0);
    });

    it("shows one what the other has kept, and lets a row go", async () => {
        await put(one, GRANT);
        assert.deepEqual((await two.read(ANY)).grants.get("g1"), GRANT);
        await two.transact(() => ({ changes: [["grants", "g1", null]], result: undefined }));
        assert.equal((await one.read(ANY)).grants.size, 0);
    });

    it("decides on what everybody has kept before: of fifty at once, one comes first", async () => {
        const first = (store: PortalStore, name: string) =>
            store.transact((state) => {
                const isFirst = !state.used.has("once");
                const changes: Change[] = isFirst ? [["used", "once", { untilMs: NOW, hash: name }]] : [];
                return { changes, result: isFirst };
            });
        const all = Array.from({ length: 50 }, (_, index) => first(index % 2 === 0 ? one : two, `n${index}`));
        assert.equal((await Promise.all(all)).filter((isFirst) => isFirst).length, 1);
    });

    it("keeps nothing of work that throws, and all of the work beside it", async () => {
        const good = put(one, GRANT);
        const bad = one.transact(() => {
            throw new Error("no");
        });
        await assert.rejects(bad, /^Error: no$/);
        await good;
        assert.equal((await two.read(ANY)).grants.size, 1);
    });

    it("begins anew with what counts when it has become long", async () => {
        await put(one, GRANT);
        await two.read(ANY);
        const touch = () =>
            one.transact(() => ({ changes: [["used", "k", { untilMs: NOW + HOUR }]], result: undefined }));
        for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 1_050 }, touch));
        const seen = await two.read(ANY);
        assert.deepEqual([seen.grants.size, seen.used.size], [1, 1]);
        await put(two, { ...GRANT, id: "g2" });
        const fresh = openPortalStore(place.log(), () => NOW);
        assert.deepEqual([...(await fresh.read(ANY)).grants.keys()], ["g1", "g2"]);
        const { lines } = await place.log().read(undefined, ANY);
        assert.ok(lines.length < 2_000, `${lines.length} lines`);
    }).timeout(60_000);

    it("calls watchers back", async () => {
        const over = new AbortController();
        await put(one, GRANT);
        await two.read(ANY);
        let woken = () => {};
        const wakeUp = new Promise<void>((resolve) => {
            woken = resolve;
        });
        const watching = two.watch(() => woken(), over.signal);
        await put(one, { ...GRANT, id: "g2" });
        await wakeUp;
        over.abort();
        await watching;
    });

    it("gives the agent grants by name, and those that were revoked as removed", async () => {
        await put(one, GRANT);
        await put(one, { ...GRANT, id: "g2", endedAtMs: NOW });
        await put(one, { ...GRANT, id: "g3", isUnconfirmed: true, startsAtMs: NOW + 1 });
        await put(one, { ...GRANT, id: "g4", addresses: ["203.0.113.0/24"] });
        await put(one, { ...GRANT, id: "g5", expiresAtMs: NOW - 2 * HOUR, startsAtMs: NOW - 3 * HOUR });
        const source = portalSource({
            store: two,
            limits: { widestPrefix: 24, allowUnroutable: false },
            now: () => NOW,
        });
        const { grants, unusable, named } = await source.read(ANY);
        assert.deepEqual(
            grants.map(({ id, user, labels, expiresAtMs }) => [id, user, labels, expiresAtMs]),
            [["g1", "ana@example.com", { access: "payroll" }, NOW + HOUR]],
        );
        assert.deepEqual(
            unusable.map(({ id, field }) => [id, field]),
            [["g4", "ip"]],
        );
        assert.deepEqual([[...(named?.set ?? [])], [...(named?.removed ?? [])]], [["g1", "g4"], ["g2"]]);
    });

    it("keeps the latest report of each agent", async () => {
        const [portal, agent] = [place.reports(), place.reports()];
        assert.deepEqual(await portal.read(ANY), []);
        await agent.write("payroll", { heartbeatAtMs: 1, grants: {} });
        await agent.write("payroll", { heartbeatAtMs: 2, grants: { g1: { state: "accepted", acceptedAtMs: 2 } } });
        await agent.write("admin", { heartbeatAtMs: 3, grants: {} });
        const found = [...(await portal.read(ANY))].sort((a, b) => a.heartbeatAtMs - b.heartbeatAtMs);
        assert.deepEqual(found, [
            { heartbeatAtMs: 2, grants: { g1: { state: "accepted", acceptedAtMs: 2 } } },
            { heartbeatAtMs: 3, grants: {} },
        ]);
    });
}

function put(store: PortalStore, grant: PortalGrant): Promise<void> {
    return store.transact(() => ({ changes: [["grants", grant.id, grant]], result: undefined }));
}

/** The two roles with the rights that the schema's comment names. */
async function rolesOf(postgres: Postgres, url: string): Promise<readonly [string, string]> {
    const grants = [...portalSchemaSql().matchAll(/GRANT [^;]+;/g)].map(([grant]) => grant).join("\n");
    const roles = ["zonekeeper_portal_role", "zonekeeper_agent_role"] as const;
    for (const role of roles) await postgres.query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'of-a-role'`);
    await postgres.query(url, grants);
    return roles.map((role) => {
        const own = new URL(url);
        [own.username, own.password] = [role, "of-a-role"];
        return own.href;
    }) as unknown as readonly [string, string];
}
