import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";

import { BlockedIpZone, DefaultExemptIpZone, LegacyIpZone } from "../../components/defaultZones";
import { GrantedAccess } from "../../components/grantedAccess";
import { GrantedZone } from "../../components/grantedZone";
import { InZoneRule } from "../../components/inZoneRule";
import { IpZone } from "../../components/ipZone";
import { oktaRanges } from "../../components/oktaRanges";
import { RangesZone } from "../../components/rangesZone";
import { ZoneMembership } from "../../components/zoneMembership";
import { declared } from "../support/declared";

/** As a program in JavaScript calls them. */
type Untyped = new (...args: unknown[]) => pulumi.Resource;

const COMPONENTS: Readonly<Record<string, readonly [made: unknown, first: string, kind: string]>> = {
    GrantedAccess: [GrantedAccess, "zoneName", "a text"],
    GrantedZone: [GrantedZone, "zoneName", "a text"],
    IpZone: [IpZone, "zoneName", "a text"],
    InZoneRule: [InZoneRule, "zoneIds", "a list"],
    RangesZone: [RangesZone, "zoneName", "a text"],
    ZoneMembership: [ZoneMembership, "zoneIds", "a list"],
    LegacyIpZone: [LegacyIpZone, "gateways", "a list"],
    BlockedIpZone: [BlockedIpZone, "gateways", "a list"],
    DefaultExemptIpZone: [DefaultExemptIpZone, "gateways", "a list"],
};

describe("a component without its arguments", () => {
    for (const [type, [made, first, kind]] of Object.entries(COMPONENTS)) {
        it(`is refused in one sentence, and registers nothing: ${type}`, async () => {
            const Made = made as Untyped;
            const { resources } = await declared(() => {
                const refused = (says: string, ...args: unknown[]) =>
                    assert.throws(() => new Made(...args), {
                        message: `new ${type}${says} [ZK002]`,
                        stack: /^[^\n]*$/,
                    });
                refused(": the first argument is the name of the resource, a text");
                for (const args of [undefined, null, {}]) refused(` "one": ${first} is missing: ${kind}`, "one", args);
                refused(` "one": ${first} has to be ${kind}`, "one", { [first]: 7 });
            });
            assert.deepEqual(resources, []);
        });
    }

    it("is refused without its second argument, too", () => {
        const Made = RangesZone as unknown as Untyped;
        assert.throws(() => new Made("one", { zoneName: "Okta" }), {
            message: 'new RangesZone "one": ranges is missing: a list [ZK002]',
        });
    });

    it("accepts what is known later", async () => {
        const ranges = Promise.resolve(["203.0.113.0/24"]);
        const { resources } = await declared(
            () => new RangesZone("one", { zoneName: pulumi.output("Okta"), ranges }).zoneIds,
        );
        assert.ok(resources.length > 2);
    });

    it("is refused of a function, too: oktaRanges", async () => {
        for (const args of [undefined, {}, { cells: "us_cell_7" }]) {
            await assert.rejects((oktaRanges as (args: unknown) => Promise<unknown>)(args), {
                message: "oktaRanges: name at least one cell, such as us_cell_7 [ZK002]",
            });
        }
    });
});
