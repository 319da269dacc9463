import { strict as assert } from "node:assert";

import { leaseLeadership } from "../../../src/agent/leadership/lease";
import { type LeaseApi, trouble } from "../../../src/agent/leadership/leaseApi";
import { sharedClock } from "../../support/sharedClock";
import { type Stage, testLeadership } from "./contract";
import { fakeLeases, refusal } from "./fakeLeases";

const NEVER = new AbortController().signal;
const PLACE = { namespace: "staff", name: "zonekeeper" };

async function openStage(): Promise<Stage> {
    const leases = fakeLeases();
    const clock = sharedClock();
    const cuts = new Map<object, () => void>();
    let count = 0;
    const candidate = () => {
        const api = leases.client();
        count += 1;
        const leadership = leaseLeadership({ api, ...PLACE, identity: `pod-${count}`, clock });
        cuts.set(leadership, api.cut);
        return leadership;
    };
    return {
        candidate,
        async leader() {
            const leadership = candidate();
            await clock.until(leadership.lead(NEVER));
            return { crash: async () => cuts.get(leadership)?.() };
        },
        cutOff: async (leadership) => cuts.get(leadership)?.(),
        until: (promise) => clock.until(promise),
        async [Symbol.asyncDispose]() {},
    };
}

testLeadership("a Kubernetes lease", openStage);

describe("leaseLeadership", () => {
    it("stops after 10 s without a renewal, and takes another's lease after 15 s without a change", async () => {
        const leases = fakeLeases();
        const clock = sharedClock();
        const [one, two] = [leases.client(), leases.client()];
        const term = await leaseLeadership({ api: one, ...PLACE, identity: "pod-1", clock }).lead(NEVER);
        const next = leaseLeadership({ api: two, ...PLACE, identity: "pod-2", clock }).lead(NEVER);
        one.cut();
        await clock.until(new Promise((resolve) => term.lost.addEventListener("abort", resolve)));
        assert.equal(clock.now(), 10_000);
        await clock.until(next);
        // The first try after 15 s: one is made every 2.2 s.
        assert.equal(clock.now(), 15_400);
        assert.equal(leases.holders.at(-1), "pod-2");
    });

    it("says who holds the lease, that it has no holder, and that it cannot be read", async () => {
        const leases = fakeLeases();
        const clock = sharedClock();
        let problem: string | undefined;
        const api = leases.client();
        const flaky: LeaseApi = {
            call: async (...args) => (problem === undefined ? api.call(...args) : trouble(problem)),
        };
        const leader = leaseLeadership({ api: leases.client(), ...PLACE, identity: "pod-1", clock });
        await leader.lead(NEVER);
        const { lead, lockState, close } = leaseLeadership({ api: flaky, ...PLACE, identity: "pod-2", clock });
        const stop = new AbortController();
        const led = lead(stop.signal);
        const seen = async (ms: number) => {
            await clock.until(clock.sleep(ms, NEVER));
            return lockState?.();
        };
        assert.deepEqual(await seen(3000), { kind: "held", by: "pod-1" });
        problem = "Kubernetes does not answer";
        assert.deepEqual(await seen(3000), { kind: "unknown", why: problem });
        problem = undefined;
        assert.deepEqual(await seen(3000), { kind: "held", by: "pod-1" });
        leases.delete("zonekeeper");
        assert.match(JSON.stringify(await seen(3000)), /"unknown","why":"the Lease has no holder, and was emptied/);
        stop.abort(new Error("enough"));
        await assert.rejects(clock.until(led), { message: "enough" });
        await Promise.all([close(), leader.close()]);
    });

    it("goes on over an outage of 7 s", async () => {
        const leases = fakeLeases();
        const clock = sharedClock();
        const api = leases.client();
        let isOut = false;
        const flaky: LeaseApi = { call: (...args) => (isOut ? Promise.reject(new Error("503")) : api.call(...args)) };
        const term = await leaseLeadership({ api: flaky, ...PLACE, identity: "pod-1", clock }).lead(NEVER);
        isOut = true;
        await clock.until(clock.sleep(7_000, NEVER));
        isOut = false;
        await clock.until(clock.sleep(60_000, NEVER));
        assert.equal(term.lost.aborted, false);
    });

    it("writes a lease as client-go does, and empties it at the end", async () => {
        const leases = fakeLeases();
        const bodies: unknown[] = [];
        const api: LeaseApi = {
            async call(method, path, body) {
                if (body !== undefined) bodies.push(body);
                return leases.answer(method, path, body);
            },
        };
        const term = await leaseLeadership({ api, ...PLACE, identity: "pod-1", clock: sharedClock() }).lead(NEVER);
        await term.end();
        const moment = "1970-01-01T00:00:00.000000Z";
        const held = {
            holderIdentity: "pod-1",
            leaseDurationSeconds: 15,
            acquireTime: moment,
            renewTime: moment,
            leaseTransitions: 0,
        };
        const head = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
        const later = (resourceVersion: string) => ({ ...PLACE, resourceVersion, uid: "uid-101" });
        assert.deepEqual(bodies, [
            { ...head, metadata: PLACE, spec: held },
            { ...head, metadata: later("101"), spec: held },
            { ...head, metadata: later("102"), spec: { ...held, holderIdentity: "", leaseDurationSeconds: 1 } },
        ]);
    });

    describe("whose lease another process", () => {
        type Meddling = (leases: ReturnType<typeof fakeLeases>) => void;
        const put = (change: object) => (leases: ReturnType<typeof fakeLeases>) => {
            const at = "/apis/coordination.k8s.io/v1/namespaces/staff/leases/zonekeeper";
            const { metadata, spec } = leases.answer("GET", at, undefined).body as { metadata: object; spec: object };
            assert.equal(leases.answer("PUT", at, { metadata, spec: { ...spec, ...change } }).status, 200);
        };
        const rows: readonly (readonly [what: string, meddle: Meddling])[] = [
            ["deletes", (leases) => leases.delete("zonekeeper")],
            ["empties", put({ holderIdentity: "" })],
            ["gives to nobody that there is", put({ holderIdentity: "somebody" })],
        ];
        for (const [what, meddle] of rows) {
            it(`${what} stops at its next renewal, and another one leads 15 s later`, async () => {
                const leases = fakeLeases();
                const clock = sharedClock();
                const [one, two] = [leases.client(), leases.client()];
                const term = await leaseLeadership({ api: one, ...PLACE, identity: "pod-1", clock }).lead(NEVER);
                const log: string[] = [];
                term.lost.addEventListener("abort", () => log.push(`one lost it at ${clock.now()}`));
                const next = leaseLeadership({ api: two, ...PLACE, identity: "pod-2", clock })
                    .lead(NEVER)
                    .then(() => log.push(`two leads at ${clock.now()}`));
                await clock.until(clock.sleep(3_000, NEVER));
                meddle(leases);
                await clock.until(next);
                // Two saw it at 4,400, and tries each 2,200.
                assert.deepEqual(log, ["one lost it at 4000", "two leads at 19800"]);
            });
        }
    });

    it("does not report a failure when another one was quicker", async () => {
        const leases = fakeLeases();
        const clock = sharedClock();
        let isLate = true;
        const api: LeaseApi = {
            async call(method, path, body) {
                if (method === "POST" && isLate) {
                    isLate = false;
                    return { status: 409, body: { kind: "Status" } };
                }
                return leases.answer(method, path, body);
            },
        };
        const told: string[] = [];
        const onTrouble = (problem: string) => told.push(problem);
        await clock.until(leaseLeadership({ api, ...PLACE, identity: "pod-1", clock, onTrouble }).lead(NEVER));
        assert.deepEqual([told, clock.now()], [[], 2_200]);
    });

    describe("that is refused", () => {
        const rule = '{apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"]}';
        const rows: readonly (readonly [status: number, said: string, problem: string])[] = [
            [
                403,
                'leases.coordination.k8s.io "zonekeeper" is forbidden',
                'Kubernetes answers 403 for the lease staff/zonekeeper (leases.coordination.k8s.io "zonekeeper" is forbidden): ' +
                    `the service account needs a Role with the rule ${rule}`,
            ],
            [
                401,
                "Unauthorized",
                "Kubernetes answers 401 for the lease staff/zonekeeper (Unauthorized): " +
                    "it does not know the service account's token",
            ],
        ];
        for (const [status, said, problem] of rows) {
            it(`with ${status} waits for a minute, as a server that starts refuses everybody, and then gives up`, async () => {
                const clock = sharedClock();
                const told: string[] = [];
                const api: LeaseApi = { call: async () => refusal(status, "Forbidden", said) };
                const onTrouble = (text: string) => told.push(text);
                const leadership = leaseLeadership({ api, ...PLACE, identity: "pod-1", clock, onTrouble });
                await assert.rejects(clock.until(leadership.lead(NEVER)), { code: "bad-input", message: problem });
                assert.deepEqual([...new Set(told)], [problem]);
                assert.equal(clock.now(), 61_600);
            });
        }

        it("counts the minute anew when something came through", async () => {
            const leases = fakeLeases();
            const clock = sharedClock();
            const other = await leaseLeadership({ api: leases.client(), ...PLACE, identity: "pod-2", clock }).lead(
                NEVER,
            );
            // Of twenty tries in a row all but the tenth are refused.
            let tries = 0;
            const api: LeaseApi = {
                async call(...args) {
                    tries += 1;
                    return tries % 20 === 10 || tries > 60
                        ? leases.answer(...args)
                        : refusal(403, "Forbidden", "it is forbidden");
                },
            };
            const led = leaseLeadership({ api, ...PLACE, identity: "pod-1", clock }).lead(NEVER);
            await clock.until(clock.sleep(150_000, NEVER));
            assert.equal(tries > 60, true);
            await Promise.all([other.end(), clock.until(led)]);
        });

        it("stops 10 s after its last renewal where it leads, and leads again", async () => {
            const leases = fakeLeases();
            const clock = sharedClock();
            let isStarting = false;
            const api: LeaseApi = {
                call: async (...args) =>
                    isStarting ? refusal(403, "Forbidden", "it is forbidden") : leases.answer(...args),
            };
            const leadership = leaseLeadership({ api, ...PLACE, identity: "pod-1", clock });
            const term = await leadership.lead(NEVER);
            isStarting = true;
            await clock.until(new Promise((resolve) => term.lost.addEventListener("abort", resolve)));
            assert.equal(clock.now(), 10_000);
            const again = leadership.lead(NEVER);
            await clock.until(clock.sleep(20_000, NEVER));
            isStarting = false;
            assert.equal((await clock.until(again)).lost.aborted, false);
        });
    });

    it("waits, and says why, while there is no answer or a strange one", async () => {
        const leases = fakeLeases();
        const clock = sharedClock();
        const answers: (() => Promise<never> | { status: number; body: unknown })[] = [
            async () => trouble("no answer"),
            () => ({ status: 503, body: undefined }),
            () => refusal(422, "Invalid", "it is invalid"),
            () => ({ status: 200, body: [] }),
        ];
        const api: LeaseApi = { call: async (...args) => answers.shift()?.() ?? leases.answer(...args) };
        const told: string[] = [];
        const onTrouble = (problem: string) => told.push(problem);
        const leadership = leaseLeadership({ api, ...PLACE, identity: "pod-1", clock, onTrouble });
        await clock.until(leadership.lead(NEVER));
        assert.deepEqual(told, [
            "no answer",
            "Kubernetes answers 503",
            "Kubernetes answers 422 (it is invalid)",
            "Kubernetes answers with something that is no lease",
        ]);
    });
});
