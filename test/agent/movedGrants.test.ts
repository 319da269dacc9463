import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../src/agent/events/events";
import { createMembership, type Membership } from "../../src/agent/membership";
import { parseRules } from "../../src/core/membership/rules";
import { grant, NOW } from "../support/grants";
import { memorySource } from "../support/memorySource";
import { memoryZones } from "../support/memoryZones";
import { zone } from "../support/rounds";
import { virtualClock } from "../support/virtualClock";

const [A, B, C, D] = ["203.0.113.1/32", "203.0.113.2/32", "203.0.113.3/32", "203.0.113.4/32"];
const of = (access: string, ...addresses: string[]) =>
    addresses.map((address) => grant(address, 60, { id: `g ${address}`, labels: { access } }));

/** Two memberships of one source; A to C are in the first one, D in the second. */
async function openTwo() {
    const clock = virtualClock(NOW);
    const source = memorySource([...of("payroll", A, B, C), ...of("admin", D)]);
    const zones = memoryZones([zone("nzo1", [A, B, C]), zone("nzo2", [D])]);
    const stop = new AbortController();
    const events: AgentEvent[] = [];
    const open = (name: string, zoneId: string): Membership => {
        let writes = 0;
        return createMembership({
            settings: {
                zones: [zoneId],
                rules: parseRules({ selector: { access: name } }),
                firstContact: "hold",
                drift: "heal",
                onRevoke: "keep-sessions",
                maxStaleMs: undefined,
                pollMs: 30_000,
            },
            source,
            sourceType: "memory",
            zones,
            budget: { waitMs: () => 0, mayAsk: () => true, perMinute: () => 600 },
            rateLimit: () => undefined,
            memories: { read: async () => undefined, write: async () => undefined },
            record: async (event) => void events.push(event),
            unsettled: async () => new Map(),
            clock,
            newId: () => `${name} ${++writes}`,
            others: () =>
                [...all].flatMap(([other, { holding }]) => (other === name ? [] : [{ name: other, ...holding }])),
            onRound() {
                for (const [other, membership] of all) if (other !== name) membership.recheck();
            },
        });
    };
    const [payroll, admin] = [open("payroll", "nzo1"), open("admin", "nzo2")];
    const all: ReadonlyMap<string, Membership> = new Map([
        ["payroll", payroll],
        ["admin", admin],
    ]);
    const running = [...all.values()].map((membership) => membership.run(stop.signal, new AbortController().signal));
    await clock.pass(10_000);
    return {
        clock,
        payroll,
        admin,
        events,
        async say(...grants: ReturnType<typeof grant>[]) {
            source.grants = grants;
            for (const membership of all.values()) membership.wake();
            await clock.pass(2000);
        },
        gateways: async () =>
            Promise.all(
                ["nzo1", "nzo2"].map(async (id) => (await zones.read(id, new AbortController().signal)).gateways),
            ),
        async [Symbol.asyncDispose]() {
            stop.abort();
            await Promise.all(running);
        },
    };
}

describe("a grant that moves to another membership", () => {
    it("is there at once where the old one lets it go", async () => {
        await using two = await openTwo();
        await two.say(...of("payroll", A, B), ...of("admin", C, D));
        assert.deepEqual(await two.gateways(), [
            [A, B],
            [C, D],
        ]);
    });

    it("waits while the old one holds it, reports it, and is admitted once that is confirmed", async () => {
        await using two = await openTwo();
        await two.say(...of("admin", A, B, C, D));
        assert.deepEqual(await two.gateways(), [[A, B, C], [D]]);
        const [waiting] = two.admin.view().refused;
        assert.match(waiting?.reason ?? "", /^held: it comes from the membership payroll, which holds it until/);
        assert.deepEqual(
            two.admin.view().grants.map(({ id, state }) => [id.slice(2), state]),
            [
                [D, "accepted"],
                [A, "waiting"],
                [B, "waiting"],
                [C, "waiting"],
            ],
        );
        const told = two.events.filter(({ type }) => type === "grant.refused").length;
        await two.payroll.confirm(two.payroll.view().held, "mia");
        await two.clock.pass(2000);
        assert.deepEqual(await two.gateways(), [["192.0.2.0/32"], [A, B, C, D]]);
        assert.deepEqual([told, two.admin.view().refused], [3, []]);
    });

    it("waits no more when it goes back", async () => {
        await using two = await openTwo();
        await two.say(...of("admin", A, B, C, D));
        await two.say(...of("payroll", A, B, C), ...of("admin", D));
        assert.deepEqual(await two.gateways(), [[A, B, C], [D]]);
        assert.deepEqual([two.admin.view().refused, two.payroll.view().held], [[], []]);
    });

    it("is no news for a grant that both select", async () => {
        await using two = await openTwo();
        await two.say(
            ...of("payroll", A, B, C),
            ...of("admin", D),
            grant(C, 60, { id: "other", labels: { access: "admin" } }),
        );
        assert.deepEqual(await two.gateways(), [
            [A, B, C],
            [C, D],
        ]);
    });
});

describe("a reading that takes a part of each membership", () => {
    it("is held by all of them where it takes too much of the source as a whole", async () => {
        await using two = await openTwo();
        const more = ["203.0.113.5/32", "203.0.113.6/32", "203.0.113.7/32"];
        await two.say(...of("payroll", A, B, C), ...of("admin", D, ...more));
        // Two of three and two of four: each membership by itself may lose three.
        await two.say(...of("payroll", A), ...of("admin", D, ...more.slice(0, 1)));
        assert.deepEqual(await two.gateways(), [
            [A, B, C],
            [D, ...more],
        ]);
        assert.match(
            two.admin.view().heldBecause ?? "",
            /^held by maxRemovals: in all memberships of the source 4 of 7/,
        );
        await two.payroll.confirm(two.payroll.view().held, "mia");
        await two.clock.pass(2000);
        assert.deepEqual(await two.gateways(), [[A], [D, ...more]]);
        await two.admin.confirm(two.admin.view().held, "mia");
        await two.clock.pass(2000);
        assert.deepEqual(await two.gateways(), [[A], [D, more[0]]]);
    });

    it("is carried out where it does not", async () => {
        await using two = await openTwo();
        await two.say(...of("payroll", A, B), ...of("admin", D));
        assert.deepEqual(await two.gateways(), [[A, B], [D]]);
    });
});
