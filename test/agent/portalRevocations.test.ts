import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../src/agent/events/events";
import { openRevocations } from "../../src/agent/portalRevocations";
import { fail } from "../../src/core/errors/errors";
import type { SessionRevocation } from "../../src/core/portal/types";
import type { Sessions } from "../../src/okta/sessions";
import { virtualClock } from "../support/virtualClock";

const ORDER: SessionRevocation = { user: "00uAna", atMs: 0, by: "Adam", requestId: "r-1" };

/** An org that answers some calls with failures first. */
function orgWith(failures: readonly (() => never)[] = []) {
    const left = [...failures];
    const cleared: string[] = [];
    const sessions: Sessions = {
        async findUser(user) {
            left.shift()?.();
            return { id: user };
        },
        async clear(userId) {
            cleared.push(userId);
            return { status: 204, requestId: "okta-1" };
        },
    };
    return { sessions, cleared };
}

async function follow(org: ReturnType<typeof orgWith>, forMs: number, done = {}, order = ORDER) {
    const clock = virtualClock(1_800_000_000_000);
    const recorded: AgentEvent[] = [];
    const revocations = openRevocations({
        clock,
        record: async (event) => void recorded.push(event),
        onDone: () => {},
    });
    const orders = new Map([["v-1", { ...order, atMs: clock.now() + order.atMs }]]);
    revocations.take(orders, done, org.sessions);
    revocations.take(orders, done, org.sessions);
    await clock.pass(forMs);
    const ended = revocations.ended();
    await revocations.close();
    return { recorded, ended: ended["v-1"], types: recorded.map(({ type }) => type) };
}

describe("orders to end sessions", () => {
    it("are carried out at once, and again when Okta has spread the zone; the ledger has the portal's request", async () => {
        const org = orgWith();
        const { recorded, ended } = await follow(org, 80_000);
        assert.deepEqual(org.cleared, ["00uAna", "00uAna"]);
        assert.equal(ended?.why, undefined);
        assert.ok(ended);
        const line = { user: "00uAna", userId: "00uAna", status: 204, requestId: "okta-1", request: "r-1" };
        assert.deepEqual(recorded, [
            { type: "sessions.cleared", ...line },
            { type: "sessions.cleared", ...line },
        ]);
    });

    it("are tried again after a failure, which is told once", async () => {
        const away = () => fail("okta-unreachable", "no answer");
        const org = orgWith([away, away]);
        const { types, ended } = await follow(org, 30_000);
        assert.deepEqual(types, ["sessions.failed", "sessions.cleared"]);
        assert.deepEqual([org.cleared, ended?.why], [["00uAna"], undefined]);
    });

    it("fail for good where Okta knows nobody of the name", async () => {
        const org = orgWith([() => fail("okta-refused", "there is nobody called 00uAna")]);
        const { types, ended } = await follow(org, 90_000);
        assert.deepEqual([types, org.cleared], [["sessions.failed"], []]);
        assert.equal(ended?.why, "there is nobody called 00uAna");
    });

    it("are left alone where another agent has carried them out, or they are older than a day", async () => {
        const org = orgWith();
        await follow(org, 1_000, { "v-1": { atMs: 1 } });
        await follow(org, 1_000, {}, { ...ORDER, atMs: -25 * 3_600_000 });
        assert.deepEqual(org.cleared, []);
    });
});
