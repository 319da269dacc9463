import { strict as assert } from "node:assert";

import { display } from "../../rehearsal/display";
import type { Result, Step } from "../../rehearsal/engine";

const STACK = "urn:pulumi:dev::zones::pulumi:pulumi:Stack::zones-dev";
const HOME = "urn:pulumi:dev::zones::zones:index:Home::home";
const ZONE = "urn:pulumi:dev::zones::zones:index:Home$okta:network/zone:Zone::staff";

function step(op: Step["op"], urn: string, parent: string, diff: Step["diff"] = []): Step {
    const [, , types = "", name = ""] = urn.split("::");
    return { op, urn, type: types.split("$").at(-1) ?? "", name, parent, diff };
}

function result(steps: readonly Step[], more: Partial<Result> = {}): Result {
    return { ok: true, steps, problems: [], outputs: {}, ...more };
}

describe("display", () => {
    const stack = { project: "zones", stack: "dev" };

    it("shows what changes, below what it belongs to, and counts the rest", () => {
        const steps = [
            step("same", STACK, ""),
            step("same", HOME, STACK),
            step("update", ZONE, HOME, [
                { path: "name", before: "old", after: "new" },
                { path: "gateways[1]", before: undefined, after: "198.51.100.9" },
                { path: "proxies", before: ["10.0.0.1"], after: undefined },
            ]),
        ];
        assert.equal(
            display(result(steps, { outputs: { zoneId: "nzo1" } }), { operation: "up", ...stack }),
            [
                "Rehearsal of up, zones/dev (no Pulumi CLI takes part)",
                "",
                "   pulumi:pulumi:Stack zones-dev",
                "      zones:index:Home home",
                "~        okta:network/zone:Zone staff (updated)",
                '             ~ name: "old" => "new"',
                '             + gateways[1]: "198.51.100.9"',
                '             - proxies: ["10.0.0.1"]',
                "",
                "Outputs:",
                '    zoneId: "nzo1"',
                "",
                "Done: 1 updated, 2 unchanged",
            ].join("\n"),
        );
    });

    it("says of a preview what would be, and of nothing that there is nothing to do", () => {
        const preview = display(result([step("replace", ZONE, "")]), { operation: "preview", ...stack });
        assert.deepEqual(preview.split("\n").slice(2), [
            "+- okta:network/zone:Zone staff (replace)",
            "",
            "Done: 1 to replace",
        ]);
        const empty = display(result([]), { operation: "destroy", ...stack });
        assert.equal(empty.split("\n").at(-1), "Done: nothing to do");
    });

    it("shows what a refresh found, and hides what it found unchanged", () => {
        const steps = [
            step("refresh", ZONE, HOME, [{ path: "name", before: "a", after: "b" }]),
            step("refresh", HOME, ""),
        ];
        assert.deepEqual(
            display(result(steps), { operation: "refresh", ...stack })
                .split("\n")
                .slice(2),
            [
                "Found changed since the last time:",
                "~  okta:network/zone:Zone staff (refreshed)",
                '       ~ name: "a" => "b"',
                "",
                "Done: 1 changed",
            ],
        );
    });

    it("ends with the problems of what failed", () => {
        const failed = result([], { ok: false, problems: ["Okta is closed"] });
        assert.deepEqual(
            display(failed, { operation: "up", ...stack })
                .split("\n")
                .slice(2),
            ["error: Okta is closed", "", "Failed: nothing to do"],
        );
    });
});
