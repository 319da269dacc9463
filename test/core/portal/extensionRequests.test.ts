import { strict as assert } from "node:assert";

import { extensionRequests } from "../../../src/core/portal/extensionRequests";
import type { Change, PortalState } from "../../../src/core/portal/state";
import type { PortalGrant, PortalRequest } from "../../../src/core/portal/types";

const HOLDER = { iss: "https://idp", sub: "ana", user: "ana", name: "Ana" };

const GRANT: PortalGrant = {
    id: "g1",
    access: "payroll",
    holder: HOLDER,
    addresses: ["203.0.113.7"],
    createdAtMs: 0,
    startsAtMs: 0,
    expiresAtMs: 60,
    labels: {},
    requestId: "r1",
};

const REQUEST: PortalRequest = {
    id: "q1",
    access: "payroll",
    holder: HOLDER,
    address: "203.0.113.7",
    durationMs: 100,
    createdAtMs: 10,
    decideByMs: 50,
    approvals: [],
    state: "waiting",
    extendsGrant: "g1",
    requestId: "r2",
};

const ENDED: Change = ["grants", "g1", { ...GRANT, endedAtMs: 20, endedBecause: "given back" }];

const WITHDRAWN = "q1 withdrawn, the grant to extend has ended";

const CASES: Readonly<Record<string, readonly [request: Partial<PortalRequest>, changes: Change[], after: string[]]>> =
    {
        "a grant that is ended": [{}, [ENDED], [WITHDRAWN]],
        "a grant that is ended, and that an approver has agreed to extend": [
            { approvals: [{ iss: "i", sub: "lea", user: "lea", name: "Lea", atMs: 11 }] },
            [ENDED],
            [WITHDRAWN],
        ],
        "a grant that ends among others": [{}, [["grants", "g2", { ...GRANT, id: "g2" }], ENDED], [WITHDRAWN]],
        "another grant that is ended": [{ extendsGrant: "g2" }, [ENDED], []],
        "a request for a new grant": [{ extendsGrant: "" }, [ENDED], []],
        "a request that was denied before": [{ state: "denied" }, [ENDED], []],
        "a request that was approved before": [{ state: "approved" }, [ENDED], []],
        "a request that the same changes deny": [{}, [ENDED, ["requests", "q1", { ...REQUEST, state: "denied" }]], []],
        "a grant that is shortened, to before the decision": [
            {},
            [["grants", "g1", { ...GRANT, expiresAtMs: 30 }]],
            ["q1 waiting until 30"],
        ],
        "a grant that is shortened, to after the decision": [{}, [["grants", "g1", { ...GRANT, expiresAtMs: 55 }]], []],
        "a grant that is extended": [{}, [["grants", "g1", { ...GRANT, expiresAtMs: 90 }]], []],
        "a grant that is forgotten": [{}, [["grants", "g1", null]], []],
        "no change of grants": [{}, [["sessions", "s", null]], []],
    };

describe("a request to extend", () => {
    for (const [name, [request, changes, after]] of Object.entries(CASES)) {
        it(name, () => {
            const requests = new Map([["q1", { ...REQUEST, ...request }]]);
            const grants = new Map([["g1", GRANT]]);
            const state = { requests, grants } as unknown as PortalState;
            assert.deepEqual(
                extensionRequests(state, changes).map(({ id, state, note, decideByMs }) =>
                    state === "waiting" ? `${id} waiting until ${decideByMs}` : `${id} ${state}, ${note}`,
                ),
                after,
            );
        });
    }
});
