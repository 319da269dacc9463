import { strict as assert } from "node:assert";

import { BlockedIpZone, DefaultExemptIpZone, LegacyIpZone } from "../../components/defaultZones";
import { declared, only } from "../support/declared";
import { ours, SYSTEM_ZONE } from "./types";

const gateways = ["203.0.113.66"];

/** What a program says, and what its only resource is told. */
const CASES: readonly (readonly [component: string, program: () => { zoneId: unknown }, said: object])[] = [
    [
        "LegacyIpZone",
        () => new LegacyIpZone("one", { gateways }),
        { kind: "LegacyIpZone", gateways, mayShutOut: false },
    ],
    [
        "LegacyIpZone",
        () => new LegacyIpZone("one", { gateways, proxies: ["10.0.0.1"], zoneName: "Office" }),
        { kind: "LegacyIpZone", gateways, proxies: ["10.0.0.1"], name: "Office", mayShutOut: false },
    ],
    [
        "BlockedIpZone",
        () => new BlockedIpZone("one", { gateways }),
        { kind: "BlockedIpZone", gateways, mayShutOut: false },
    ],
    [
        "DefaultExemptIpZone",
        () => new DefaultExemptIpZone("one", { gateways, mayShutOut: true }),
        { kind: "DefaultExemptIpZone", gateways, mayShutOut: true },
    ],
];

for (const [component, program, said] of CASES) {
    describe(component, () => {
        it(`declares the contents of the zone, and no zone of Okta's provider: ${JSON.stringify(said)}`, async () => {
            const { resources, values } = await declared(() => program().zoneId);
            assert.deepEqual(
                resources.map(({ type }) => type),
                [ours(component), SYSTEM_ZONE],
            );
            const { __provider, ...inputs } = only(resources, SYSTEM_ZONE).inputs;
            assert.deepEqual(inputs, said);
            assert.deepEqual(only(resources, SYSTEM_ZONE).options, { parent: `${ours(component)} one` });
            assert.equal(values, "SystemZone one");
        });
    });
}
