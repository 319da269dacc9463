import { strict as assert } from "node:assert";
import { CHECKS } from "../../../src/core/doctor/examine";
import { CODES } from "../../../src/core/errors/codeTable";
import { ACCESS } from "./access";
import { BEFORE } from "./before";
import { GRANTS, LIMITS } from "./grants";
import { POLICIES } from "./policies";
import { ZONES } from "./zones";

/**
 * Knocknoc's troubleshooting list, line by line, and the code under which the
 * doctor finds each. Source: its pages on agent error codes and on Okta.
 */
const LINES: readonly (readonly [page: string, line: string, codes: readonly string[]])[] = [
    ["OKTA001", "401: Okta does not accept the token", ["ZK101"]],
    ["OKTA001", "a typo or a blank in the token", ["ZK101"]],
    ["OKTA001", "the token was rotated or revoked", ["ZK101"]],
    ["OKTA001", "the token was not used for 30 days", ["ZK101", "ZK109"]],
    ["OKTA001", "its admin was deactivated or deleted", ["ZK101", "ZK106"]],
    ["OKTA001", "the token is of another org, preview or production", ["ZK101", "ZK113"]],
    ["OKTA002", "403: the role is too small", ["ZK107"]],
    ["OKTA002", "a read-only role", ["ZK107"]],
    ["OKTA002", "a custom role without zones", ["ZK107", "ZK601"]],
    ["OKTA002", "the admin was downgraded after the token was made", ["ZK107", "ZK601"]],
    ["OKTA005", "429: many grants at once", ["ZK501"]],
    ["OKTA005", "another tool in the same bucket", ["ZK501"]],
    ["OKTA005", "several agents on one zone", ["ZK602"]],
    ["the list never changes", "the zone's id is not the one in Okta", ["ZK201"]],
    ["the list never changes", "the role", ["ZK107"]],
    ["the list never changes", "a new token after a change of role", ["ZK107", "ZK601"]],
    ["the list never changes", "4xx on the PUT of the zone", ["ZK601"]],
    ["the list never changes", "grants that are active and not in the zone", ["ZK403"]],
];

describe("Knocknoc's troubleshooting list", () => {
    const checked = new Map(CHECKS.map(([name]) => [CODES.find((row) => row.name === name)?.code as string, name]));

    for (const [page, line, codes] of LINES) {
        it(`${page}: ${line}: ${codes.join(", ")}`, () => {
            assert.deepEqual(
                codes.filter((code) => !checked.has(code)),
                [],
            );
        });
    }

    it("names codes that a scene shows to be found; the write test has scenes of its own", () => {
        const scenes = [...ACCESS, ...ZONES, ...BEFORE, ...POLICIES, ...GRANTS, ...LIMITS];
        const found = new Set(scenes.flatMap(({ code, besides = [] }) => [code, ...besides]));
        const named = new Set(LINES.flatMap(([, , codes]) => codes));
        assert.deepEqual(
            [...named].filter((code) => !found.has(code)),
            ["ZK601"],
        );
    });

    it("leaves no check of the doctor without a scene", () => {
        const scenes = new Set(
            [...ACCESS, ...ZONES, ...BEFORE, ...POLICIES, ...GRANTS, ...LIMITS].map(({ code }) => code),
        );
        const ofGroups = ["ZK211", "ZK311", "ZK406"];
        const elsewhere = ["ZK103", "ZK108", "ZK113", "ZK115", "ZK116", "ZK309", "ZK507", "ZK601", "ZK701"];
        assert.deepEqual(
            [...checked.keys()].filter((code) => !scenes.has(code)).sort(),
            [...elsewhere, ...ofGroups].sort(),
        );
    });
});
