import { strict as assert } from "node:assert";

import type { ZoneStore } from "../../../src/okta/zones/zones";

/** A zone to begin with, its addresses as people type them. */
export interface SeedZone {
    readonly id: string;
    readonly name: string;
    /** @default "IP" */
    readonly type?: "IP" | "DYNAMIC";
    /** @default false */
    readonly system?: boolean;
    /** @default "POLICY" */
    readonly usage?: "POLICY" | "BLOCKLIST";
    /** @default "ACTIVE" */
    readonly status?: "ACTIVE" | "INACTIVE";
    readonly gateways?: readonly string[];
    readonly proxies?: readonly string[];
}

/** One kind of store, as the contract handles it. */
export interface Kind {
    /** A store over an org that has these zones. */
    open(zones: readonly SeedZone[]): Promise<ZoneStore>;
    /** Takes a zone away from the store that was opened last, behind its back. */
    remove(zoneId: string): Promise<void>;
}

const signal = new AbortController().signal;

const STAFF: SeedZone = {
    id: "nzo1",
    name: "Staff",
    gateways: ["203.0.113.9", "198.51.100.7/24", "198.51.100.8-198.51.100.10", "2001:db8::/32"],
    proxies: ["10.0.0.0/8", "192.0.2.1-192.0.2.1"],
};

/** What each store of zones owes a round. A new kind is done when this is green. */
export function testZoneStore(kind: Kind): void {
    it("reads a zone with its addresses canonical, in order, and those that make no sense as they are", async () => {
        const store = await kind.open([STAFF]);
        const { document, ...zone } = await store.read("nzo1", signal);
        assert.deepEqual(zone, {
            id: "nzo1",
            name: "Staff",
            usage: "POLICY",
            status: "ACTIVE",
            gateways: ["203.0.113.9/32", "198.51.100.0/24", "198.51.100.8-198.51.100.10", "2001:db8::/32"],
            proxies: ["10.0.0.0/8", "192.0.2.1/32"],
        });
        assert.equal(document.name, "Staff");
    });

    it("says what a zone is for and whether it is in force", async () => {
        const store = await kind.open([
            { id: "nzo1", name: "Blocked", usage: "BLOCKLIST", status: "INACTIVE", gateways: ["192.0.2.1/32"] },
        ]);
        const { usage, status, proxies } = await store.read("nzo1", signal);
        assert.deepEqual({ usage, status, proxies }, { usage: "BLOCKLIST", status: "INACTIVE", proxies: [] });
    });

    it("replaces all gateways and nothing else", async () => {
        const store = await kind.open([STAFF, { ...STAFF, id: "nzo2", name: "Others" }]);
        const [before, others] = [await store.read("nzo1", signal), await store.read("nzo2", signal)];
        const gateways = ["192.0.2.0/32", "198.51.100.1-198.51.100.6"];
        assert.equal((await store.write(before, gateways, signal)).status, 200);
        const { document: _, ...after } = await store.read("nzo1", signal);
        const { document: __, ...expected } = { ...before, gateways };
        assert.deepEqual(after, expected);
        assert.deepEqual(await store.read("nzo2", signal), others);
    });

    it("lets the last writer win", async () => {
        const store = await kind.open([STAFF]);
        const zone = await store.read("nzo1", signal);
        await store.write(zone, ["192.0.2.1/32"], signal);
        await store.write(zone, ["192.0.2.2/32"], signal);
        assert.deepEqual((await store.read("nzo1", signal)).gateways, ["192.0.2.2/32"]);
    });

    it("never writes an empty list", async () => {
        const store = await kind.open([STAFF]);
        const zone = await store.read("nzo1", signal);
        await assert.rejects(store.write(zone, [], signal), { code: "bad-range" });
        assert.deepEqual(await store.read("nzo1", signal), zone);
    });

    it("has no zone that is not there, or no longer", async () => {
        const store = await kind.open([STAFF]);
        await assert.rejects(store.read("nzo9", signal), { code: "zone-missing" });
        const zone = await store.read("nzo1", signal);
        await kind.remove("nzo1");
        await assert.rejects(store.read("nzo1", signal), { code: "zone-missing" });
        await assert.rejects(store.write(zone, ["192.0.2.1/32"], signal), { code: "zone-missing" });
    });

    it("refuses a zone that cannot hold grants, by its name", async () => {
        const store = await kind.open([
            { id: "nzo1", name: "Abroad", type: "DYNAMIC" },
            { id: "nzo2", name: "Legacy", system: true, gateways: ["192.0.2.1/32"] },
        ]);
        await assert.rejects(store.read("nzo1", signal), { code: "zone-unfit", message: /Abroad/ });
        await assert.rejects(store.read("nzo2", signal), { code: "zone-unfit", message: /Legacy/ });
    });

    it("does nothing for a caller who has stopped", async () => {
        const store = await kind.open([STAFF]);
        const zone = await store.read("nzo1", signal);
        const reason = new Error("stopping");
        await assert.rejects(store.read("nzo1", AbortSignal.abort(reason)), reason);
        await assert.rejects(store.write(zone, ["192.0.2.1/32"], AbortSignal.abort(reason)), reason);
        assert.deepEqual(await store.read("nzo1", signal), zone);
    });
}
