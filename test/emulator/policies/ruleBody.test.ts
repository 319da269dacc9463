import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";
import { rule, seed } from "./ruleSeed";

const network = (value: object) => ({ conditions: { network: value } });

describe("what Okta makes of a rule", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const rules = "/api/v1/policies/rst1/rules";
    beforeEach(async () => {
        emulator = await startEmulator({ seed });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    it("adds to a rule what Okta adds, and drops an empty platform", async () => {
        const { body } = await call(
            "POST",
            rules,
            rule("R", { conditions: { network: { connection: "ZONE", include: ["nzo1"] }, platform: {} } }),
        );
        assert.match(body.id, /^rul[0-9A-Za-z]{17}$/);
        assert.deepEqual(body.conditions, {
            people: { users: { exclude: [] } },
            network: { connection: "ZONE", include: ["nzo1"] },
            riskScore: { level: "ANY" },
            userType: { include: [], exclude: [] },
        });
        assert.deepEqual(body.actions, {
            appSignOn: {
                access: "ALLOW",
                verificationMethod: { factorMode: "2FA", type: "ASSURANCE", reauthenticateIn: "PT12H" },
                keepMeSignedIn: { postAuth: "NOT_ALLOWED" },
            },
        });
    });

    it("keeps what was said: groups, a device, PT0S, a risk", async () => {
        const conditions = {
            people: { groups: { include: ["00g1"] } },
            device: { registered: true },
            riskScore: { level: "LOW" },
        };
        const actions = {
            appSignOn: { access: "DENY", verificationMethod: { reauthenticateIn: "PT0S", constraints: [] } },
        };
        const { body } = await call("POST", rules, rule("R", { conditions, actions }));
        assert.deepEqual(body.conditions, {
            people: { groups: { include: ["00g1"] }, users: { exclude: [] } },
            device: { registered: true },
            riskScore: { level: "LOW" },
            network: { connection: "ANYWHERE" },
            userType: { include: [], exclude: [] },
        });
        const { access, verificationMethod } = body.actions.appSignOn;
        assert.deepEqual(
            [access, verificationMethod.reauthenticateIn, verificationMethod.constraints],
            ["DENY", "PT0S", []],
        );
    });

    const networks: [title: string, value: object, stored: object | string][] = [
        ["ANYWHERE", { connection: "ANYWHERE" }, { connection: "ANYWHERE" }],
        ["no connection", {}, { connection: "ANYWHERE" }],
        [
            "several zones",
            { connection: "ZONE", include: ["nzo1", "nzo2"] },
            { connection: "ZONE", include: ["nzo1", "nzo2"] },
        ],
        [
            "an empty exclude",
            { connection: "ZONE", include: ["nzo1"], exclude: [] },
            { connection: "ZONE", include: ["nzo1"] },
        ],
        ["an exclude", { connection: "ZONE", exclude: ["nzo2"] }, { connection: "ZONE", exclude: ["nzo2"] }],
        [
            "neither",
            { connection: "ZONE" },
            "conditions.network: You should either include or exclude network zones when you use zones in the policy rule.",
        ],
        [
            "both",
            { connection: "ZONE", include: ["nzo1"], exclude: ["nzo2"] },
            "conditions.network: You should either include or exclude network zones when you use zones in the policy rule.",
        ],
        [
            "a zone that there is not",
            { connection: "ZONE", include: ["nzo9"] },
            "conditions.network: There is no network zone nzo9.",
        ],
        [
            "ALL_IP_ZONES",
            { connection: "ZONE", include: ["ALL_IP_ZONES"] },
            "conditions.network: There is no network zone ALL_IP_ZONES.",
        ],
        [
            "ON_NETWORK",
            { connection: "ON_NETWORK" },
            "conditions.network.connection: The connection has to be ANYWHERE or ZONE.",
        ],
    ];
    for (const [title, value, stored] of networks) {
        it(`${typeof stored === "string" ? "refuses" : "takes"} a zone condition with ${title}`, async () => {
            const { status, body } = await call("POST", rules, rule("R", network(value)));
            if (typeof stored !== "string") assert.deepEqual([status, body.conditions.network], [200, stored]);
            else assert.deepEqual([status, body.errorCauses], [400, [{ errorSummary: stored }]]);
        });
    }

    it("shows a riskScore only where the organisation has risk scoring", async () => {
        await using plain = await startEmulator({ seed: { ...seed, org: { hasRiskScoring: false } } });
        const { body } = await callerOf(plain)("POST", rules, rule("R"));
        assert.equal("riskScore" in body.conditions, false);
    });

    it("refuses a rule of the wrong type for its policy, and one without a name", async () => {
        assert.equal((await call("POST", rules, { name: "R", type: "SIGN_ON" })).status, 400);
        assert.equal((await call("POST", rules, { type: "ACCESS_POLICY" })).status, 400);
        assert.equal((await call("POST", rules, rule("R", { priority: -1 }))).status, 400);
        assert.equal(
            (await call("POST", rules, rule("R", { actions: { appSignOn: { access: "MAYBE" } } }))).status,
            400,
        );
    });
});
