import { strict as assert } from "node:assert";

import { claimOf, RENEWAL_MS, renewalOf } from "../../src/core/portal/renewal";
import { type Change, TABLES } from "../../src/core/portal/state";
import { identityKey, type PortalSession } from "../../src/core/portal/types";
import type { PortalContext } from "../../src/portal/context";
import type { SignedIn } from "../../src/portal/oidc/answer";
import { onceEach } from "../../src/portal/oidc/refresh";
import { problemOf, refuse } from "../../src/portal/problem";
import { recheckedVisitor } from "../../src/portal/recheck";
import type { Visitor } from "../../src/portal/sessions";
import { person } from "../core/portal/support";

const [NOW, OLD] = [Date.parse("2026-12-01T12:00:00Z"), Date.parse("2026-12-01T11:00:00Z")];
const PERSON = person({ sub: "00uAna", user: "00uAna", groups: ["Staff"], checkedAtMs: OLD });
const SESSION: PortalSession = {
    iss: PERSON.iss,
    sub: PERSON.sub,
    startedAtMs: OLD,
    seenAtMs: NOW,
    signedInAtMs: OLD,
    checkedAtMs: OLD,
    address: "203.0.113.7",
    signInAddress: "203.0.113.7",
    refresh: "token-0",
};
const VISITOR: Visitor = { key: "key", session: SESSION, person: PERSON };

describe("renewalOf", () => {
    const renewing = (by: string, untilMs: number) => ({ ...SESSION, renewing: { by, untilMs } });
    const rows: Readonly<Record<string, readonly [PortalSession | undefined, string]>> = {
        "a session that is not there": [undefined, "gone"],
        "one as it was": [SESSION, "ours"],
        "one that this process renews already": [renewing("p1", NOW + 1), "ours"],
        "one that another process renews": [renewing("p2", NOW + 1), "busy"],
        "one that another process began to renew and did not finish": [renewing("p2", NOW), "ours"],
        "one with another token": [{ ...SESSION, refresh: "token-1" }, "renewed"],
        "one that was checked since": [{ ...SESSION, checkedAtMs: NOW }, "renewed"],
        "one that has to be checked, as its person was refused": [{ ...SESSION, checkedAtMs: 0 }, "ours"],
    };
    for (const [what, [session, expected]] of Object.entries(rows)) {
        it(`says ${expected} of ${what}`, () => assert.equal(renewalOf(session, SESSION, "p1", NOW), expected));
    }
});

describe("claimOf", () => {
    const claim = (by: string, untilMs: number) => ({ ...SESSION, renewing: { by, untilMs } });
    const fresh = { by: "p1", untilMs: NOW + RENEWAL_MS };
    const rows: Readonly<Record<string, readonly [PortalSession, object]>> = {
        "a session that nobody renews": [SESSION, { renewing: fresh }],
        "one that this process renews already": [claim("p1", NOW + 1), { renewing: { by: "p1", untilMs: NOW + 1 } }],
        "one that another process did not finish": [claim("p2", NOW), { renewing: fresh, isRenewalLost: true }],
        "one that this process did not finish": [claim("p1", NOW), { renewing: fresh, isRenewalLost: true }],
    };
    for (const [what, [session, expected]] of Object.entries(rows)) {
        it(`is right for ${what}`, () => assert.deepEqual(claimOf(session, "p1", NOW), expected));
    }
});

describe("a portal whose store goes away while it renews a session", () => {
    it("has the answer for the next try, and sends no token twice", async () => {
        const scene = openScene();
        const portal = scene.portal("p1");
        scene.loseStoreAfter(2);
        await assert.rejects(recheckedVisitor(portal, VISITOR), /the store is away/);
        assert.equal(scene.session()?.refresh, "token-0");
        scene.loseStoreAfter(Number.POSITIVE_INFINITY);
        assert.equal((await recheckedVisitor(portal, VISITOR)).session.refresh, "token-1");
        assert.deepEqual([scene.sent, scene.session()?.refresh], [["token-0"], "token-1"]);
    });
});

describe("several portals that renew one session at the same time", () => {
    it("send its refresh token once, and all go on with what came of it", async () => {
        const scene = openScene();
        const [one, two, three] = ["p1", "p2", "p3"].map((name) => scene.portal(name));
        const visitors = await Promise.all([one, two, three].map((each) => recheckedVisitor(each as never, VISITOR)));
        assert.deepEqual(scene.sent, ["token-0"]);
        for (const { session } of visitors) assert.equal(session.refresh, "token-1");
        assert.equal(scene.session()?.renewing, undefined);
    });

    it("all hear of a refusal, for which one asked", async () => {
        const scene = openScene({ answer: async () => undefined });
        const asked = ["p1", "p2"].map((name) => recheckedVisitor(scene.portal(name), VISITOR));
        const statuses = (await Promise.allSettled(asked)).map((each) =>
            each.status === "rejected" ? problemOf(each.reason)?.status : 200,
        );
        assert.deepEqual([statuses, scene.sent, scene.session()], [[401, 401], ["token-0"], undefined]);
    });

    it("let the next one ask where the provider gave no answer", async () => {
        let fails = 1;
        const answer = async () => (fails-- > 0 ? refuse(503, "portal-unavailable", "it is away") : SIGNED_IN);
        const scene = openScene({ answer });
        await assert.rejects(recheckedVisitor(scene.portal("p1"), VISITOR), /it is away/);
        assert.equal((await recheckedVisitor(scene.portal("p2"), VISITOR)).session.refresh, "token-1");
        assert.equal(scene.sleptMs(), 0);
    });

    it("wait for one that ended meanwhile no longer than it may take", async () => {
        const scene = openScene({ session: { ...SESSION, renewing: { by: "ended", untilMs: NOW + RENEWAL_MS } } });
        assert.equal((await recheckedVisitor(scene.portal("p2"), VISITOR)).session.refresh, "token-1");
        assert.equal(scene.sleptMs(), RENEWAL_MS);
    });
});

const SIGNED_IN: SignedIn = {
    claims: { iss: PERSON.iss, sub: PERSON.sub, groups: ["Staff"] },
    refreshToken: "token-1",
    idToken: undefined,
};

/** A store that portals share, and a provider that takes each refresh token once. */
function openScene({
    session = SESSION,
    answer = async () => SIGNED_IN,
}: {
    readonly session?: PortalSession;
    readonly answer?: () => Promise<SignedIn | undefined>;
} = {}) {
    const state = Object.fromEntries(TABLES.map((name) => [name, new Map<string, unknown>()]));
    state.sessions?.set("key", session);
    state.people?.set(identityKey(PERSON), PERSON);
    const sent: string[] = [];
    let sleptMs = 0;
    let storeCalls = Number.POSITIVE_INFINITY;
    const reach = () => {
        storeCalls -= 1;
        if (storeCalls < 0) throw new Error("the store is away");
    };
    const apply = ([table, key, row]: Change) => {
        if (row === null) state[table]?.delete(key);
        else state[table]?.set(key, row);
    };
    const common = {
        settings: {
            accesses: [],
            login: { groupsClaim: "groups", userClaim: "sub" },
            session: { recheckMs: 900_000, durationMs: 36_000_000, idleMs: 36_000_000 },
        },
        store: {
            read: async () => {
                reach();
                return state;
            },
            transact: async (work: (of: unknown) => { changes: readonly Change[]; result: unknown }) => {
                reach();
                const { changes, result } = work(state);
                changes.forEach(apply);
                return result;
            },
        },
        provider: {
            refresh: onceEach(
                () => NOW + sleptMs,
                async (token) => {
                    sent.push(token);
                    await new Promise((resolve) => setImmediate(resolve));
                    return answer();
                },
            ),
        },
        seal: {
            seal: async (_: string, { text }: { text: string }) => text,
            open: async (_: string, text: string) => ({ text }),
        },
        now: () => NOW + sleptMs,
        async sleep(ms: number) {
            sleptMs += ms;
            await new Promise((resolve) => setImmediate(resolve));
        },
        audit: async () => {},
    };
    return {
        sent,
        sleptMs: () => sleptMs,
        loseStoreAfter(calls: number) {
            storeCalls = calls;
        },
        session: () => state.sessions?.get("key") as PortalSession | undefined,
        portal: (process: string) => ({ ...common, process }) as unknown as PortalContext,
    };
}
