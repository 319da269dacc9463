import { strict as assert } from "node:assert";
import { type PortalState, TABLES } from "../../src/core/portal/state";
import { identityKey, type PortalGrant } from "../../src/core/portal/types";
import { digestOf } from "../../src/portal/api/digest";
import { roomFor } from "../../src/portal/api/events";
import { startIssuer } from "./issuer";
import { ANA, ASK, LEA, openPortalScene, type PortalScene } from "./scene";

/** A stream of events, as a browser reads it. */
async function listen(scene: PortalScene, cookie: string, authorization?: string) {
    const stop = new AbortController();
    const answer = await fetch(`${scene.url}/api/v1/events`, {
        headers: {
            ...(authorization === undefined ? { cookie } : { authorization }),
            "x-forwarded-for": "203.0.113.7",
        },
        signal: stop.signal,
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    return {
        headers: answer.headers,
        /** The next event but comments; undefined at the end of the stream. */
        async next(): Promise<string | undefined> {
            for (;;) {
                const end = text.indexOf("\n\n");
                if (end >= 0) {
                    const event = text.slice(0, end);
                    text = text.slice(end + 2);
                    if (!event.startsWith(":")) return event;
                    continue;
                }
                const { value, done } = (await reader?.read()) ?? { done: true };
                if (done) return undefined;
                text += value;
            }
        },
        close: () => stop.abort(),
    };
}

const cookieOf = (browser: Awaited<ReturnType<PortalScene["person"]>>, url: string) =>
    [...(browser.cookies.get(new URL(url).host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");

describe("GET /api/v1/events", () => {
    it("tells of one's own, tells approvers of what waits, tells nobody else, and ends with the session", async () => {
        await using scene = await openPortalScene();
        const [ana, lea] = [await scene.person(ANA), await scene.person(LEA)];
        const [hers, leas] = [
            await listen(scene, cookieOf(ana, scene.url)),
            await listen(scene, cookieOf(lea, scene.url)),
        ];
        // Behind nginx an event would wait for thousands of others.
        assert.equal(hers.headers.get("x-accel-buffering"), "no");
        assert.match((await hers.next()) ?? "", /^event: open\nid: [-\d ]+\ndata: \{"grants":\[\],"requests":\[\]\}$/);
        assert.match((await leas.next()) ?? "", /^event: open\n/);
        const { body: own } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        assert.match((await hers.next()) ?? "", new RegExp(`^event: change\nid: .+\ndata: .*${own.id}`));
        await scene.api(ana, "POST", "/api/v1/grants", ASK);
        // Had she been told of the grant as well, this would be it.
        assert.match(
            (await leas.next()) ?? "",
            /^event: change\nid: [-\d ]+\ndata: \{"grants":\[\],"requests":\[\]\}$/,
        );
        await ana.go(`${scene.url}/`);
        await ana.submit("/logout", { _csrf: ana.csrf() });
        let last = await hers.next();
        while (last !== undefined) last = await hers.next();
        leas.close();
    });

    it("ends for a workload with its token, and is no answer to HEAD", async () => {
        await using issuer = await startIssuer();
        const audience = "https://access.example.com";
        const workload = {
            name: "deploy",
            issuer: issuer.url,
            audience,
            claims: { ref: "main" },
            accesses: ["payroll"],
        };
        await using scene = await openPortalScene({ config: { workloads: [workload] } });
        const token = await issuer.token({ ref: "main", run_id: "1" }, audience);
        const stream = await listen(scene, "", `Bearer ${token}`);
        assert.match((await stream.next()) ?? "", /^event: open\n/);
        scene.pass(2 * 3_600_000);
        await scene.person(ANA);
        assert.equal(await stream.next(), undefined);
        const head = await fetch(`${scene.url}/api/v1/events`, { method: "HEAD" });
        assert.deepEqual([head.status, head.headers.get("allow")], [405, "GET"]);
    });

    const members = (...keys: string[]) => new Set(keys.map((key) => ({ key })));
    const ROOM: Readonly<Record<string, readonly [ReadonlySet<{ key: string }>, string]>> = {
        "nobody listens": [members(), "room"],
        "another one listens": [members("lea", "lea"), "room"],
        "one listens as often as one may": [members("ana", "lea", "ana"), "one-has-too-many"],
        "as many as may listen": [members("lea", "leo", "adam", "ana"), "none"],
    };
    for (const [who, [there, expected]] of Object.entries(ROOM)) {
        it(`has ${expected} where ${who}`, () => {
            assert.equal(roomFor("ana", there, { most: 4, mostOfOne: 2 }), expected);
        });
    }
});

const GRANT: PortalGrant = {
    id: "g1",
    access: "payroll",
    holder: { iss: "i", sub: "ana", user: "ana", name: "Ana" },
    addresses: ["203.0.113.7"],
    createdAtMs: 0,
    startsAtMs: 0,
    expiresAtMs: 1,
    labels: {},
    requestId: "r1",
};

function stateOf(...grants: readonly PortalGrant[]): PortalState {
    const empty = Object.fromEntries(TABLES.map((name) => [name, new Map()])) as unknown as PortalState;
    return { ...empty, grants: new Map(grants.map((grant): [string, PortalGrant] => [grant.id, grant])) };
}

describe("the digest of what is shown", () => {
    const other: PortalGrant = { ...GRANT, id: "g2", access: "wiki", holder: { ...GRANT.holder, sub: "bob" } };
    const before = digestOf(stateOf(GRANT, other), []);
    const report = { heartbeatAtMs: 0, grants: { g1: { state: "accepted" as const, acceptedAtMs: 5 } } };
    const AFTER = {
        "a new end": digestOf(stateOf({ ...GRANT, expiresAtMs: 2 }, other), []),
        "an end by somebody": digestOf(stateOf({ ...GRANT, endedAtMs: 1 }, other), []),
        "another address": digestOf(stateOf({ ...GRANT, addresses: ["203.0.113.8"] }, other), []),
        "a word of the agent": digestOf(stateOf(GRANT, other), [report]),
        "its loss": digestOf(stateOf(other), []),
    };
    for (const [what, after] of Object.entries(AFTER)) {
        it(`is another one for the holder, the access and all after ${what}, and the same for others`, () => {
            const [ana, bob] = [identityKey(GRANT.holder), identityKey(other.holder)];
            assert.notEqual(after.ofHolder.get(ana), before.ofHolder.get(ana));
            assert.notEqual(after.ofAccess.get("payroll"), before.ofAccess.get("payroll"));
            assert.notEqual(after.all, before.all);
            assert.equal(after.ofHolder.get(bob), before.ofHolder.get(bob));
            assert.equal(after.ofAccess.get("wiki"), before.ofAccess.get("wiki"));
        });
    }

    it("is the same where it is asked of one holder, and has no others", () => {
        const [ana, bob] = [identityKey(GRANT.holder), identityKey(other.holder)];
        const ofAna = digestOf(stateOf(GRANT, other), [], ana);
        assert.equal(ofAna.ofHolder.get(ana), before.ofHolder.get(ana));
        assert.equal(ofAna.ofHolder.get(bob), undefined);
        assert.deepEqual([ofAna.all, ofAna.ofAccess], [before.all, before.ofAccess]);
    });
});
