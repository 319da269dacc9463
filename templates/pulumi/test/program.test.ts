import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";

const declared: pulumi.runtime.MockResourceArgs[] = [];

before(async () => {
    await pulumi.runtime.setMocks({
        newResource(args) {
            declared.push(args);
            return { id: `id of ${args.name}`, state: args.inputs };
        },
        call: ({ inputs }) => inputs,
    });
    const program = require("../index") as typeof import("../index");
    await new Promise((resolve) => pulumi.all([program.zoneIds, program.ruleId]).apply(resolve));
});

describe("the program", () => {
    it("begins with a zone that admits nobody", () => {
        const [zone] = declared.filter(({ type }) => type === "okta:network/zone:Zone");
        assert.deepEqual(zone?.inputs.gateways, ["192.0.2.0/32"]);
    });

    it("lets in who comes from the zone, and nobody else", () => {
        const [policy] = declared.filter(({ type }) => type === "okta:index/appSignonPolicy:AppSignonPolicy");
        const [rule] = declared.filter(({ type }) => type === "okta:index/appSignonPolicyRule:AppSignonPolicyRule");
        assert.equal(policy?.inputs.catchAll, false);
        assert.deepEqual([rule?.inputs.networkConnection, rule?.inputs.networkIncludes], ["ZONE", ["id of staff"]]);
    });
});
