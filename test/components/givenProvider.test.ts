import { strict as assert } from "node:assert";
import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import { BlockedIpZone, DefaultExemptIpZone, LegacyIpZone } from "../../components/defaultZones";
import { givenOrg } from "../../components/givenProvider";
import { GrantedAccess } from "../../components/grantedAccess";
import { GrantedZone } from "../../components/grantedZone";
import { InZoneRule } from "../../components/inZoneRule";
import { IpZone } from "../../components/ipZone";
import { RangesZone } from "../../components/rangesZone";
import { ZoneMembership } from "../../components/zoneMembership";
import { declared } from "../support/declared";

class OtherProvider extends pulumi.ProviderResource {
    constructor() {
        super("aws", "other", {});
    }
}

type Options = Readonly<{ provider: pulumi.ProviderResource }>;

const zoneName = "Staff (dev)";
const source = { type: "file", path: "grants.yaml" };
const gateways = ["203.0.113.7"];

const COMPONENTS: Readonly<Record<string, (opts: Options) => pulumi.Resource>> = {
    GrantedAccess: (opts) => new GrantedAccess("one", { zoneName, source }, opts),
    GrantedZone: (opts) => new GrantedZone("one", { zoneName, source }, opts),
    IpZone: (opts) => new IpZone("one", { zoneName }, opts),
    InZoneRule: (opts) => new InZoneRule("one", { zoneIds: ["nzo1"] }, opts),
    RangesZone: (opts) => new RangesZone("one", { zoneName, ranges: gateways }, opts),
    ZoneMembership: (opts) => new ZoneMembership("one", { zoneIds: ["nzo1"], source }, opts),
    LegacyIpZone: (opts) => new LegacyIpZone("one", { gateways }, opts),
    BlockedIpZone: (opts) => new BlockedIpZone("one", { gateways }, opts),
    DefaultExemptIpZone: (opts) => new DefaultExemptIpZone("one", { gateways }, opts),
};

describe("the option provider of a component", () => {
    for (const [name, make] of Object.entries(COMPONENTS)) {
        it(`is refused before anything is registered if it is of another package: ${name}`, async () => {
            const says =
                "the option provider is of the package aws: a zone needs an okta.Provider, or none for the org of the stack [ZK002]";
            const { resources } = await declared(() => {
                const provider = new OtherProvider();
                assert.throws(() => make({ provider }), { message: says });
            });
            assert.deepEqual(
                resources.map(({ type }) => type),
                ["pulumi:providers:aws"],
            );
        });
    }

    it("is taken if it is Okta's", async () => {
        const { resources } = await declared(
            () => new IpZone("one", { zoneName }, { provider: new okta.Provider("acme", { orgName: "acme" }) }).zoneId,
        );
        assert.ok(resources.some(({ type }) => type === "okta:network/zone:Zone"));
    });

    const CHOICES: readonly [what: string, opts: () => pulumi.ComponentResourceOptions, names: boolean][] = [
        ["nothing", () => ({}), false],
        ["a provider of Okta", () => ({ provider: new okta.Provider("acme") }), true],
        [
            "a list with a provider of Okta",
            () => ({ providers: [new OtherProvider(), new okta.Provider("acme")] }),
            true,
        ],
        ["a record with a provider of Okta", () => ({ providers: { okta: new okta.Provider("acme") } }), true],
        ["a list with others only", () => ({ providers: [new OtherProvider()] }), false],
    ];
    for (const [what, opts, names] of CHOICES) {
        it(`${names ? "names the org" : "leaves the org to the configuration of the stack"}: ${what}`, async () => {
            const { values } = await declared(() => givenOrg(opts()) !== undefined);
            assert.equal(values, names);
        });
    }
});
