import { strict as assert } from "node:assert";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "../../src/clock";
import type { Change } from "../../src/core/portal/state";
import type { PortalGrant } from "../../src/core/portal/types";
import type { ChangeLog } from "../../src/sources/portal/changeLog";
import { fileLog } from "../../src/sources/portal/fileLog";
import { fileReports } from "../../src/sources/portal/fileReports";
import { portalSchemaSql } from "../../src/sources/portal/portalSchema";
import { portalSource } from "../../src/sources/portal/portalSource";
import { openPortalStore, type PortalStore } from "../../src/sources/portal/portalStore";
import type { AgentReports } from "../../src/sources/portal/reports";
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
        assert.equal((await readFile(path, "utf8")).split("\n").length, 3);
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
        await assert.rejects(store.read(ANY), /portal\.jsonl: a line of it is none that a portal wrote/);
        const folder = openPortalStore(fileLog({ path: directory, sleep: systemClock.sleep }), () => NOW);
        await assert.rejects(
            folder.read(ANY),
            (error: Error & { code?: string }) => error.code === "source-unreadable",
        );
        await rm(directory, { recursive: true });
    });
});

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
