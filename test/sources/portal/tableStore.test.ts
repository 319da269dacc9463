import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "../../../src/clock";
import { restoredChanges } from "../../../src/core/portal/restored";
import { portalSchemaSql } from "../../../src/sources/portal/portalSchema";
import { openPortalStore, type PortalStore } from "../../../src/sources/portal/portalStore";
import { storeMemoryFile } from "../../../src/sources/portal/storeMemory";
import { tableLog } from "../../../src/sources/portal/tableLog";
import { tableReports } from "../../../src/sources/portal/tableReports";
import { type Postgres, startPostgres } from "../../support/postgres";
import { ANY, GRANT, NOW, put, testPortalStore } from "./contract";

describe("the portal's store in PostgreSQL", () => {
    let postgres: Postgres;

    before(async () => {
        postgres = await startPostgres();
    });

    after(() => postgres[Symbol.asyncDispose]());

    testPortalStore(async () => {
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
