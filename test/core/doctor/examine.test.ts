import { strict as assert } from "node:assert";
import { CHECKS, examine } from "../../../src/core/doctor/examine";
import type { Facts, Unknown } from "../../../src/core/doctor/facts";
import { codeNamed } from "../../../src/core/errors/codes";
import { HEALTHY } from "./healthy";

const UNKNOWN: Unknown = { name: "okta-refused", reason: "needs the scope okta.x.read", remedy: "Grant it." };

/** Facts that can be unknown. */
const KNOWABLE = Object.entries(HEALTHY).flatMap(([key, fact]) =>
    typeof fact === "object" && fact !== null && "value" in fact ? [key as keyof Facts] : [],
);

describe("examine", () => {
    it("asks every check once, each by a code of its own", () => {
        const names = CHECKS.map(([name]) => name);
        assert.equal(new Set(names).size, names.length);
        // Not asked for here: a policy by its id, more than one zone, and an OAuth app's scopes.
        const silent = ["policy-missing", "zone-proxies-differ", "scopes-missing"];
        assert.deepEqual(
            examine(HEALTHY).map(({ name }) => name),
            names.filter((name) => !silent.includes(name)),
        );
    });

    it("finds nothing where nothing is wrong, and then has nothing to do", () => {
        assert.deepEqual(
            examine(HEALTHY).filter(({ status, remedy }) => status !== "ok" || remedy !== ""),
            [],
        );
    });

    it("is about every part of the facts", () => {
        assert.equal(KNOWABLE.length, 14);
    });

    for (const key of KNOWABLE) {
        it(`warns, and goes on, where ${key} is not known`, () => {
            // A write that went through says enough of roles.
            const writeTest = key === "roles" ? undefined : HEALTHY.writeTest;
            const findings = examine({ ...HEALTHY, writeTest, [key]: { unknown: UNKNOWN } });
            const odd = findings.filter(({ status }) => status !== "ok");
            if (key !== "changed") assert.notEqual(odd.length, 0);
            for (const { name, status, detail, remedy } of odd) {
                const isPrimary = name === "okta-unreachable";
                assert.equal(status, isPrimary ? "fail" : "warn");
                assert.equal(detail, `${isPrimary ? "" : "could not be checked: "}${UNKNOWN.reason}`);
                assert.equal(remedy, isPrimary ? codeNamed(name).remedy : UNKNOWN.remedy);
            }
        });
    }

    it("says nothing of zones, policies, grants and writes where none were asked for", () => {
        const asked = {
            zoneIds: [],
            zoneNames: [],
            policies: undefined,
            sessionPolicies: undefined,
            threatInsight: undefined,
            source: undefined,
            membership: undefined,
            stack: undefined,
            group: undefined,
            writeTest: undefined,
        };
        const codes = examine({ ...HEALTHY, ...asked }).map(({ code }) => code);
        assert.deepEqual(
            codes.filter((code) => /^ZK[23456]/.test(code)),
            ["ZK208", "ZK209", "ZK501"],
        );
    });
});
