import { strict as assert } from "node:assert";
import fc from "fast-check";

import { hasCode } from "../../../src/core/errors/errors";
import { MEMBERSHIP_KEYS, SEVERAL_KEYS } from "../../../src/core/settings/agentSchema";
import { type AgentSettings, readAgentSettings } from "../../../src/core/settings/agentSettings";

/** What somebody may write anywhere, by mistake or to do harm. */
const ANYTHING = fc.oneof(
    fc.constantFrom(null, undefined, true, "", " ", 0, -1, 1.5, Number.NaN, [], {}, [null], [[]], { "": "" }),
    fc.constantFrom("__proto__", "constructor", "env:", "file:", "nzo1", "50%", "120%", "10m", "0.0.0.0/0", "off"),
    fc.string({ maxLength: 12 }),
    fc.integer(),
    fc.array(fc.oneof(fc.string({ maxLength: 6 }), fc.integer()), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("type", "path", "access", "__proto__", "maxRemovals"), fc.string({ maxLength: 6 }), {
        maxKeys: 2,
    }),
);

const own = fc.record(
    {
        name: fc.constantFrom("payroll", "admin", "wiki", "Payroll", "default", "constructor"),
        org: fc.constantFrom("acme", "lab", "toString"),
        zones: fc.uniqueArray(fc.constantFrom("nzo1", "nzo2", "nzo3", "nzo4"), { minLength: 1, maxLength: 3 }),
        group: fc.constantFrom("00g1", "00g2"),
        selector: fc.dictionary(fc.constantFrom("access", "app"), fc.constantFrom("a", "b"), { maxKeys: 2 }),
        source: fc.constantFrom("grants.yaml", { type: "file", path: "x.yaml" }),
        limits: fc.record({ maxRemovals: fc.constantFrom(3, "20%", "off", 0) }, { requiredKeys: [] }),
        staticGateways: fc.constantFrom([], ["198.51.100.1"]),
        onRevoke: fc.constantFrom("keep-sessions", "clear-sessions"),
        firstContact: fc.constantFrom("hold", "apply"),
    },
    { requiredKeys: ["name", "zones"] },
);

const right = fc.record(
    {
        orgs: fc.dictionary(fc.constantFrom("acme", "lab"), fc.constant({ orgName: "acme" }), { minKeys: 1 }),
        source: fc.constantFrom("grants.yaml", { type: "webhook", secret: "env:HOOK" }),
        memberships: fc.array(own, { minLength: 1, maxLength: 5 }),
        limits: fc.record({ widestPrefix: fc.constantFrom(16, 24), maxRemovals: fc.constant("50%") }),
        poll: fc.constantFrom("5s", "1m"),
        state: fc.constant("./state"),
    },
    { requiredKeys: ["orgs", "memberships"] },
);

type Right = typeof right extends fc.Arbitrary<infer Document> ? Document : never;

/** A setting that is replaced, added or taken away, at the top or in one of the memberships. */
const change = fc.record({
    at: fc.oneof(fc.constant(-1), fc.nat({ max: 4 })),
    key: fc.oneof(
        fc.constantFrom(...SEVERAL_KEYS, ...MEMBERSHIP_KEYS, "selecter", "zone", "hasOwnProperty"),
        fc.string({ minLength: 1, maxLength: 8 }).filter((key) => key !== "__proto__"),
    ),
    value: ANYTHING,
});

const document: fc.Arbitrary<{ readonly document: object; readonly keys: readonly string[] }> = fc
    .tuple(right, fc.array(change, { maxLength: 2 }))
    .map(([base, changes]) => ({
        document: changes.reduce<Right>(changed, base),
        keys: changes.map(({ key }) => key),
    }));

function changed(base: Right, { at, key, value }: { at: number; key: string; value: unknown }): Right {
    const { memberships } = base;
    if (at < 0 || !Array.isArray(memberships) || at >= memberships.length) return { ...base, [key]: value };
    return {
        ...base,
        memberships: memberships.map((each, index) => (index === at ? { ...each, [key]: value } : each)),
    };
}

function read(written: unknown): AgentSettings | string {
    try {
        return readAgentSettings(written);
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        return error.message;
    }
}

describe("readAgentSettings, whatever a configuration with memberships says", () => {
    it("takes it, or refuses it in one line with the code of bad input that names a setting", () => {
        fc.assert(
            fc.property(document, ({ document: written, keys }) => {
                const answer = read(written);
                if (typeof answer !== "string") return;
                assert.doesNotMatch(answer, /[\r\n]|undefined|\[object|Error:|Invalid input/);
                const settings = [...keys, ...SEVERAL_KEYS, ...MEMBERSHIP_KEYS, "zone ", "membership "];
                assert.ok(
                    settings.some((key) => answer.includes(key)),
                    answer,
                );
            }),
            { numRuns: 2000 },
        );
    });

    it("names the one setting that was made wrong", () => {
        const kinds: readonly (readonly [key: string, values: fc.Arbitrary<unknown>])[] = [
            ["zones", fc.constantFrom("nzo1", 7, [], [""], ["a b"], {}, null)],
            ["selector", fc.constantFrom("a", 7, ["a"], { a: 1 }, null)],
            ["group", fc.constantFrom("", "staff", 7, [], null)],
            ["limits", fc.constantFrom("a", 7, [], null)],
            ["staticGateways", fc.constantFrom("a", 7, [7], {}, ["0.0.0.0/0"], ["a"], ["2001:db8::1"])],
            ["onRevoke", fc.constantFrom("a", 7, null, [], {})],
            ["firstContact", fc.constantFrom("a", 7, null, [], {})],
            ["poll", fc.constantFrom("a", 7, null, "0s", "1w")],
            ["name", fc.constantFrom("", "a/b", "..", 7, null, "a b", "x".repeat(64))],
            ["org", fc.constantFrom("", 7, null, "nobody")],
        ];
        const wrong = fc.constantFrom(...kinds).chain(([key, values]) => fc.tuple(fc.constant(key), values));
        fc.assert(
            fc.property(wrong, ([key, value]) => {
                const payroll = { name: "payroll", zones: ["nzo1"], [key]: value };
                const answer = read({
                    source: "grants.yaml",
                    memberships: [payroll, { name: "wiki", zones: ["nzo2"] }],
                });
                assert.equal(typeof answer, "string");
                assert.ok(String(answer).includes(key), `${key}: ${answer}`);
                if (key !== "name") assert.ok(String(answer).includes("payroll"), `${answer}`);
            }),
        );
    });

    it("never gives a zone, a group or a name to two memberships of one org", () => {
        fc.assert(
            fc.property(right, (written) => {
                const answer = read(written);
                if (typeof answer === "string") return;
                const { memberships } = answer;
                const all = [
                    memberships.flatMap(({ org, zones }) => zones.map((zone) => `${org} ${zone}`)),
                    memberships.flatMap(({ org, group }) => (group === undefined ? [] : `${org} ${group}`)),
                    memberships.map(({ name }) => name.toLowerCase()),
                ];
                for (const each of all) assert.equal(new Set(each).size, each.length);
                for (const { org } of memberships) assert.ok(Object.hasOwn(answer.orgs, org), org);
            }),
        );
    });
});
