import { strict as assert } from "node:assert";

import { type FakeLeases, fakeLeases } from "./fakeLeases";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/staff/leases";
const TIME = "2026-11-25T23:00:00.123000Z";

function lease(metadata: object, time = TIME): object {
    return {
        metadata: { name: "zk", ...metadata },
        spec: { holderIdentity: "p1", acquireTime: time, renewTime: time },
    };
}

/** The version and the id that the lease has by now. */
function current(leases: FakeLeases): { readonly resourceVersion: string; readonly uid: string } {
    return (leases.answer("GET", `${LEASES}/zk`, undefined).body as { metadata: never }).metadata;
}

describe("fakeLeases answers as Kubernetes 1.37.2 did", () => {
    type Ask = readonly [method: string, path: string, body?: object];
    const rows: readonly (readonly [
        what: string,
        isThere: boolean,
        ask: (leases: FakeLeases) => Ask,
        status: number,
        reason: string | undefined,
    ])[] = [
        ["a GET of none", false, () => ["GET", "/zk"], 404, "NotFound"],
        ["a GET", true, () => ["GET", "/zk"], 200, undefined],
        ["a POST", false, () => ["POST", "", lease({})], 201, undefined],
        ["a POST of what is there", true, () => ["POST", "", lease({})], 409, "AlreadyExists"],
        ["a PUT of none, without a version", false, () => ["PUT", "/zk", lease({})], 201, undefined],
        ["a PUT of none, with one", false, () => ["PUT", "/zk", lease({ resourceVersion: "1" })], 409, "Conflict"],
        ["a PUT without a version", true, () => ["PUT", "/zk", lease({})], 422, "Invalid"],
        ["a PUT with an old one", true, () => ["PUT", "/zk", lease({ resourceVersion: "1" })], 409, "Conflict"],
        ["a PUT with the last one", true, (leases) => ["PUT", "/zk", lease(current(leases))], 200, undefined],
        [
            "a PUT to one that was made anew",
            true,
            (leases) => ["PUT", "/zk", lease({ ...current(leases), uid: "x" })],
            409,
            "Conflict",
        ],
        ["milliseconds", false, () => ["POST", "", lease({}, "2026-11-25T23:00:00.123Z")], 400, "BadRequest"],
    ];
    for (const [what, isThere, ask, status, reason] of rows) {
        it(`${what}: ${status}`, () => {
            const leases = fakeLeases();
            if (isThere) leases.answer("POST", LEASES, lease({}));
            const [method, path, body] = ask(leases);
            const answer = leases.answer(method, `${LEASES}${path}`, body);
            assert.deepEqual([answer.status, (answer.body as { reason?: string }).reason], [status, reason]);
        });
    }
});
