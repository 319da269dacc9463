import { strict as assert } from "node:assert";

import fc from "fast-check";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { moveInSequence, shiftToGap } from "../../../emulator/policies/priorities";
import { callerOf } from "../caller";

/** A step: POST of a name, PUT of a name, both at a priority; or DELETE of a name. */
type Step =
    | readonly ["POST" | "PUT", name: string, priority: number | undefined]
    | readonly ["DELETE", name: string, priority?: undefined];

interface Row {
    readonly steps: readonly Step[];
    /** The names with their priorities in the order of the list, without the system's rule. */
    readonly order: string;
}

const post = (order: string): Step[] =>
    order.split(" ").map((each): Step => {
        const [name = "", priority] = each.split("=");
        return ["POST", name, priority === undefined ? undefined : Number(priority)];
    });

/** Source: Okta's guide "Policy and rule prioritization"; the Okta provider's recording AppSignOnPolicyRules_crud. */
const WITH_GAPS: Readonly<Record<string, Row>> = {
    "a new one at 1 of 1, 2, 4 leaves 4": { steps: post("A=1 B=2 D=4 N=1"), order: "N=1 A=2 B=3 D=4" },
    "a new one at 4 of 1, 2, 4 leaves 1 and 2": { steps: post("A=1 B=2 D=4 N=4"), order: "A=1 B=2 N=4 D=5" },
    "a new one in a gap moves nobody": { steps: post("A=1 B=2 D=4 N=3"), order: "A=1 B=2 N=3 D=4" },
    "a new one at 2 of 1, 2, 3, 5, 6 stops before 5": {
        steps: post("A=1 B=2 C=3 E=5 F=6 N=2"),
        order: "A=1 N=2 B=3 C=4 E=5 F=6",
    },
    "a new one at 0 of 0, 1": { steps: post("A=0 B=1 N=0"), order: "N=0 A=1 B=2" },
    "a new one without a priority goes to the end": { steps: post("A=1 D=4 N"), order: "A=1 D=4 N=5" },
    "a deleted one leaves a gap": { steps: [...post("A=1 B=2 C=3"), ["DELETE", "B"]], order: "A=1 C=3" },
    "a PUT to a free priority moves nobody": { steps: [...post("A=1 B=2 C=3"), ["PUT", "A", 7]], order: "B=2 C=3 A=7" },
    "a PUT without a priority moves nobody": {
        steps: [...post("A=1 B=2 D=4"), ["PUT", "A", undefined]],
        order: "A=1 B=2 D=4",
    },
    "a PUT up counts the old place as taken (recorded, #46)": {
        steps: [...post("A=0 B=1 C=2 D=3 E=4 F=5"), ["PUT", "D", 1]],
        order: "A=0 D=1 B=2 C=3 E=5 F=6",
    },
    "a PUT into that stops at the gap (recorded, #48)": {
        steps: [...post("A=0 B=1 C=2 D=3 E=4 F=5"), ["PUT", "D", 1], ["PUT", "E", 2]],
        order: "A=0 D=1 E=2 B=3 C=4 F=6",
    },
    "a PUT of the same priority pushes the next ones down (recorded, #50)": {
        steps: [...post("A=0 B=1 C=2 D=3 E=4 F=5"), ["PUT", "D", 1], ["PUT", "E", 2], ["PUT", "B", 3]],
        order: "A=0 D=1 E=2 B=3 C=5 F=6",
    },
    "the rest of that recording (#52, #54)": {
        steps: [
            ...post("A=0 B=1 C=2 D=3 E=4 F=5"),
            ["PUT", "D", 1],
            ["PUT", "E", 2],
            ["PUT", "B", 3],
            ["PUT", "F", 4],
            ["PUT", "C", 5],
        ],
        order: "A=0 D=1 E=2 B=3 F=4 C=5",
    },
    "the guide's example of a drift": {
        steps: [...post("A=1 B=2 C=3 D=4 E=5"), ["PUT", "C", 1], ["PUT", "B", 3], ["PUT", "A", 2]],
        order: "C=1 A=2 B=4 D=5 E=6",
    },
};

/** Source: the same guide; the Okta provider's recording PolicyRulePassword_priorityError for a number beyond the end. */
const SEQUENTIAL: Readonly<Record<string, Row>> = {
    "a deleted one is closed up": { steps: [...post("A B C"), ["DELETE", "B"]], order: "A=1 C=2" },
    "the deleted first one too": { steps: [...post("A B C"), ["DELETE", "A"]], order: "B=1 C=2" },
    "a new one at 9 of two is the third": { steps: post("A B N=9"), order: "A=1 B=2 N=3" },
    "a new one at 999 of none is the first": { steps: post("N=999"), order: "N=1" },
    "a new one at 1 pushes all down": { steps: post("A B C N=1"), order: "N=1 A=2 B=3 C=4" },
    "a new one at 0 is the first": { steps: post("A B N=0"), order: "N=1 A=2 B=3" },
    "a new one without a priority goes to the end": { steps: post("A B N"), order: "A=1 B=2 N=3" },
    "a PUT up shifts those between": { steps: [...post("A B C D"), ["PUT", "C", 1]], order: "C=1 A=2 B=3 D=4" },
    "a PUT down shifts those between": { steps: [...post("A B C D"), ["PUT", "A", 3]], order: "B=1 C=2 A=3 D=4" },
    "a PUT down to the end": { steps: [...post("A B C"), ["PUT", "A", 3]], order: "B=1 C=2 A=3" },
    "a PUT beyond the end": { steps: [...post("A B C"), ["PUT", "A", 99]], order: "B=1 C=2 A=3" },
    "a PUT of the same priority changes nothing": { steps: [...post("A B C"), ["PUT", "B", 2]], order: "A=1 B=2 C=3" },
    "a PUT without a priority changes nothing": {
        steps: [...post("A B C"), ["PUT", "B", undefined]],
        order: "A=1 B=2 C=3",
    },
    "delete, insert and move": {
        steps: [...post("A B C D"), ["DELETE", "B"], ["POST", "N", 2], ["PUT", "D", 1]],
        order: "D=1 A=2 N=3 C=4",
    },
};

const SYSTEM = {
    OKTA_SIGN_ON: "SIGN_ON",
    PASSWORD: "PASSWORD",
    MFA_ENROLL: "MFA_ENROLL",
    IDP_DISCOVERY: "IDP_DISCOVERY",
};

describe("priorities", () => {
    let emulator: Emulator;
    const clock = { ms: 0 };
    beforeEach(async () => {
        clock.ms = 1_000_000;
        emulator = await startEmulator({ now: () => clock.ms });
    });
    afterEach(() => emulator.close());

    /** Plays the steps on a list, a second apart. */
    async function play(path: string, fixed: object, steps: readonly Step[]): Promise<void> {
        const call = callerOf(emulator);
        const ids = new Map<string, string>();
        for (const [method, name, priority] of steps) {
            clock.ms += 1000;
            const body = { ...fixed, name, ...(priority !== undefined && { priority }) };
            const at = method === "POST" ? path : `${path}/${ids.get(name)}`;
            const answer = await call(method, at, method === "DELETE" ? undefined : body);
            assert.ok(answer.status < 300, JSON.stringify(answer.body));
            if (method === "POST") ids.set(name, answer.body.id);
            const isAsked = WITH_GAPS_TYPES.includes(String((fixed as { type?: string }).type));
            if (isAsked && priority !== undefined) assert.equal(answer.body.priority, priority);
        }
    }

    async function listed(path: string): Promise<{ readonly own: string; readonly system: readonly unknown[] }> {
        type Item = { name: string; priority: number; system: boolean };
        const { body } = await callerOf(emulator)("GET", path);
        const own = body.filter(({ system }: Item) => !system);
        return {
            own: own.map(({ name, priority }: Item) => `${name}=${priority}`).join(" "),
            system: body.filter(({ system }: Item) => system).map(({ priority }: Item) => priority),
        };
    }

    const WITH_GAPS_TYPES = ["ACCESS_POLICY"];

    for (const [title, { steps, order }] of Object.entries(WITH_GAPS)) {
        it(`rules of an ACCESS_POLICY: ${title}`, async () => {
            const call = callerOf(emulator);
            const { body: policy } = await call("POST", "/api/v1/policies", { type: "ACCESS_POLICY", name: "P" });
            const path = `/api/v1/policies/${policy.id}/rules`;
            await play(path, { type: "ACCESS_POLICY" }, steps);
            assert.deepEqual(await listed(path), { own: order, system: [99] });
        });
    }

    for (const [type, ruleType] of Object.entries(SYSTEM)) {
        for (const [title, { steps, order }] of Object.entries(SEQUENTIAL)) {
            it(`rules of a policy of type ${type}: ${title}`, async () => {
                const policy = [...emulator.org.policies.values()].find((each) => each.type === type) ?? assert.fail();
                const path = `/api/v1/policies/${policy.id}/rules`;
                await play(path, { type: ruleType }, steps);
                assert.deepEqual(await listed(path), { own: order, system: [order.split(" ").length + 1] });
            });
        }
    }

    for (const type of ["OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL"]) {
        for (const [title, { steps, order }] of Object.entries(SEQUENTIAL)) {
            it(`policies of type ${type}: ${title}`, async () => {
                await play("/api/v1/policies", { type }, steps);
                const found = await listed(`/api/v1/policies?type=${type}`);
                assert.deepEqual(found, { own: order, system: [order.split(" ").length + 1] });
            });
        }
    }

    it("every policy of type ACCESS_POLICY has the priority 1, whatever is asked (recorded)", async () => {
        await play("/api/v1/policies", {}, []);
        const call = callerOf(emulator);
        for (const priority of [1, 5, undefined]) {
            const { body } = await call("POST", "/api/v1/policies", {
                type: "ACCESS_POLICY",
                name: `P${priority}`,
                priority,
            });
            assert.equal(body.priority, 1);
        }
    });

    it("a rule that moves for another has a new lastUpdated, one that does not keeps its own (recorded)", async () => {
        const { body: policy } = await callerOf(emulator)("POST", "/api/v1/policies", {
            type: "ACCESS_POLICY",
            name: "P",
        });
        const path = `/api/v1/policies/${policy.id}/rules`;
        await play(path, { type: "ACCESS_POLICY" }, post("A=1 B=2 D=4 N=1"));
        const { body } = await callerOf(emulator)("GET", path);
        const moments = body.map(({ name, lastUpdated }: { name: string; lastUpdated: string }) => [
            name,
            Date.parse(lastUpdated) / 1000 - 1000,
        ]);
        assert.deepEqual(moments.slice(0, 4), [
            ["N", 4],
            ["A", 4],
            ["B", 4],
            ["D", 3],
        ]);
    });
});

describe("shiftToGap", () => {
    const ranked = fc
        .uniqueArray(fc.nat(12), { maxLength: 8 })
        .map((priorities) => priorities.map((priority, index) => ({ id: String(index), priority })));
    it("keeps priorities apart and the order of the others, and moves none by more than one", () => {
        fc.assert(
            fc.property(ranked, fc.nat(12), (all, wanted) => {
                const moves = shiftToGap(all, "new", wanted);
                const after = all.map(({ id, priority }) => ({ id, priority: moves.get(id) ?? priority }));
                const places = [...after.map(({ priority }) => priority), wanted];
                assert.equal(new Set(places).size, places.length);
                const order = (list: typeof all) =>
                    [...list].sort((a, b) => a.priority - b.priority).map(({ id }) => id);
                assert.deepEqual(order(after), order(all));
                for (const [index, { priority }] of after.entries()) {
                    assert.ok([0, 1].includes(priority - (all[index]?.priority ?? 0)));
                }
            }),
        );
    });
});

describe("moveInSequence", () => {
    it("always numbers from 1 without gaps", () => {
        const all = fc.array(fc.nat(20), { maxLength: 8 });
        fc.assert(
            fc.property(all, fc.nat(10), fc.option(fc.integer({ min: -3, max: 30 })), (priorities, who, wanted) => {
                const ranked = priorities.map((priority, index) => ({ id: String(index), priority }));
                const moves = moveInSequence([...ranked, { id: "new", priority: 1 }], String(who), wanted ?? undefined);
                const after = ranked.map(({ id, priority }) => moves.get(id) ?? priority);
                after.push(moves.get("new") ?? 1);
                if (who >= ranked.length) after.push(moves.get(String(who)) ?? 0);
                assert.deepEqual(
                    after.sort((a, b) => a - b),
                    after.map((_each, index) => index + 1),
                );
            }),
        );
    });
});
