import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

type Row = { id: string; name: string; type: string; priority: number; system: boolean } & Record<string, unknown>;

const SEED = { org: { settings: { itpEnabled: true } } };
const ANYWHERE = { connection: "ANYWHERE" };

describe("the policies of Identity Threat Protection", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    beforeEach(async () => {
        emulator = await startEmulator({ seed: SEED });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());
    const policyOf = async (type: string): Promise<Row> => {
        const { body } = await call("GET", `/api/v1/policies?type=${type}`);
        assert.equal(body.length, 1);
        return body[0];
    };
    const rulesOf = async (type: string) => {
        const { id } = await policyOf(type);
        const { body } = await call("GET", `/api/v1/policies/${id}/rules`);
        return { path: `/api/v1/policies/${id}/rules`, rules: body as Row[] };
    };
    const shown = ({ name, priority, system, conditions, actions }: Row) => [
        name,
        priority,
        system,
        conditions,
        actions,
    ];

    for (const [type, name, rules] of [
        [
            "SESSION_VIOLATION_DETECTION",
            "Session Violation Detection Policy",
            [
                [
                    "Session Violation Policy Risk Rule",
                    1,
                    false,
                    { network: ANYWHERE, riskScore: { minRiskLevel: "LOW" } },
                    { sessionViolationDetection: { policyEvaluation: { enabled: true } } },
                ],
                [
                    "Catch-all Rule",
                    99,
                    true,
                    null,
                    { sessionViolationDetection: { policyEvaluation: { enabled: false } } },
                ],
            ],
        ],
        [
            "POST_AUTH_SESSION",
            "Post Auth Policy",
            [
                [
                    "Post Session Protection Rule",
                    1,
                    false,
                    { people: { users: { exclude: [] } } },
                    { postAuthSession: { failureActions: [] } },
                ],
                ["Catch-all Rule", 99, true, null, { postAuthSession: { failureActions: [] } }],
            ],
        ],
        ["ENTITY_RISK", "Entity Risk Policy", [["Catch-all Rule", 99, true, null, { entityRisk: { actions: [] } }]]],
    ] as const) {
        it(`are one of ${type}, with the rules that Okta makes`, async () => {
            const policy = await policyOf(type);
            assert.deepEqual([policy.name, policy.system, policy.conditions], [name, true, null]);
            assert.deepEqual((await rulesOf(type)).rules.map(shown), rules);
            assert.equal((await call("POST", "/api/v1/policies", { type, name: "Another" })).status, 400);
        });
    }

    it("change the rule that may be changed, and take no other of these types", async () => {
        const { path, rules } = await rulesOf("SESSION_VIOLATION_DETECTION");
        const body = {
            name: "Ours",
            priority: 0,
            type: "SESSION_VIOLATION_DETECTION",
            conditions: { riskScore: { minRiskLevel: "HIGH" } },
            actions: { sessionViolationDetection: { policyEvaluation: { enabled: false } } },
        };
        const { body: changed } = await call("PUT", `${path}/${rules[0]?.id}`, body);
        assert.deepEqual(shown(changed), [
            "Ours",
            0,
            false,
            { network: ANYWHERE, riskScore: { minRiskLevel: "HIGH" } },
            body.actions,
        ]);
        assert.equal((await call("POST", path, { ...body, name: "Second" })).status, 400);
        assert.equal((await call("DELETE", `${path}/${rules[1]?.id}`)).status, 403);
    });

    it("put a rule behind all at each PUT without a priority, and fill in its actions", async () => {
        const { path, rules } = await rulesOf("POST_AUTH_SESSION");
        const put = (actions: unknown) =>
            call("PUT", `${path}/${rules[0]?.id}`, {
                name: "Ours",
                type: "POST_AUTH_SESSION",
                conditions: { people: { groups: { include: [], exclude: [] }, users: { include: [], exclude: [] } } },
                actions,
            });
        const first = (await put({ postAuthSession: { failureActions: [{ action: "TERMINATE_SESSION" }] } })).body;
        const failureActions = [{ slo: null, action: "TERMINATE_SESSION" }];
        assert.deepEqual(shown(first), [
            "Ours",
            2,
            false,
            { people: { users: { exclude: [] } } },
            { postAuthSession: { failureActions } },
        ]);
        const second = (await put({ postAuthSession: {} })).body;
        assert.deepEqual([second.priority, second.actions], [3, { postAuthSession: {} }]);
    });

    it("take rules about the risk of people, and keep whom they name", async () => {
        const { path } = await rulesOf("ENTITY_RISK");
        const people = { users: { include: ["00u1"], exclude: [] }, groups: { include: ["00g1"], exclude: [] } };
        const conditions = { entityRisk: { level: "HIGH" }, people };
        const actions = { entityRisk: { actions: [{ action: "TERMINATE_ALL_SESSIONS" }] } };
        const { body } = await call("POST", path, { name: "High", type: "ENTITY_RISK", conditions, actions });
        assert.deepEqual(shown(body), [
            "High",
            1,
            false,
            {
                entityRisk: { level: "HIGH" },
                people: {
                    groups: { include: ["00g1"], exclude: [] },
                    users: { include: ["00u1"], exclude: [] },
                },
            },
            actions,
        ]);
    });

    it("are not there without it, and their lists are refused", async () => {
        await using plain = await startEmulator();
        const { status, body } = await callerOf(plain)("GET", "/api/v1/policies?type=POST_AUTH_SESSION");
        assert.deepEqual([status, body.errorCode], [401, "E0000015"]);
        assert.ok([...plain.org.policies.values()].every(({ type }) => type !== "POST_AUTH_SESSION"));
    });
});
