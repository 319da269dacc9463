import { strict as assert } from "node:assert";

import { readSettings } from "../../../src/core/settings/settings";
import { readStackOutputs, settingsOutput, unusedSettings } from "../../../src/core/settings/stackOutputs";

const GIVEN = {
    source: "grants.yaml",
    selector: '{"app":"payroll"}',
    staticGateways: "198.51.100.0/24",
    deny: "203.0.113.66",
    widestPrefix: "28",
    allowUnroutable: "true",
    maxRemovals: "3",
};

describe("settingsOutput", () => {
    it("is read again as it was", () => {
        const settings = settingsOutput(readSettings({ ...GIVEN, membership: "agent", shards: "2" }, "dev"));
        const outputs = JSON.parse(JSON.stringify({ zoneIds: ["nzo1", "nzo2"], settings, policyId: "rst1" }));
        assert.deepEqual(readStackOutputs(outputs, "dev"), { zoneIds: ["nzo1", "nzo2"], settings });
        assert.deepEqual(Object.keys(settings).sort(), [...Object.keys(GIVEN), "membership"].sort());
    });
});

describe("unusedSettings", () => {
    it("names what pulumi up does not use where an agent keeps the gateways", () => {
        const { source, deny } = GIVEN;
        const settings = readSettings({ source, deny, membership: "agent", confirmRemovals: "true" }, "prod");
        assert.equal(
            unusedSettings(settings, "prod"),
            "zonekeeper:source, zonekeeper:deny, zonekeeper:confirmRemovals are not used by pulumi up, which lets nobody in: " +
                "zonekeeper:membership is agent. An agent uses them with stack: prod in its configuration, and zonekeeper sync with --stack prod",
        );
    });

    it("has nothing to say where they are used, or where there are none", () => {
        assert.equal(unusedSettings(readSettings(GIVEN, "dev"), "dev"), undefined);
        assert.equal(unusedSettings(readSettings({ membership: "agent" }, "dev"), "dev"), undefined);
    });
});
