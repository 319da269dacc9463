import { strict as assert } from "node:assert";

import { startEmulator } from "../../emulator/emulator";
import { recentZones } from "../../src/okta/zones/recentZones";
import { membershipProvider } from "../../src/provider/membership";
import type { Membership } from "../../src/provider/state";
import { type KeptSettings, zoneSettingsProvider } from "../../src/provider/zoneSettings";
import { A, B, grant } from "../support/grants";
import { memorySource } from "../support/memorySource";
import { worldAt } from "./worldAt";

const ZONE = "nzoOneRead00000000001";
const PATH = `/api/v1/zones/${ZONE}`;
const ARGS = { zoneIds: [ZONE], source: { type: "file", path: "grants.yaml" } };

describe("a run of the settings and the membership of a zone", () => {
    it("asks Okta once for the zone where nothing changes, and reads it again before a write", async () => {
        const zones = [{ id: ZONE, name: "Staff", gateways: [{ type: "CIDR" as const, value: A }] }];
        await using okta = await startEmulator({ seed: { zones } });
        const source = memorySource();
        source.grants = [grant(A)];
        const world = worldAt(okta.url, [], source);
        const shared = { ...world, ...recentZones(world.zones, () => 0) };
        const settings = zoneSettingsProvider(() => shared);
        const membership = membershipProvider(() => shared);
        for (const { configure } of [settings, membership]) {
            await configure({ config: { get: () => undefined, require: () => "" } });
        }

        const [seen, kept] = await Promise.all([
            settings.read(ZONE, undefined as unknown as KeptSettings),
            membership.read(ZONE, { ...ARGS } as unknown as Membership),
        ]);
        await settings.check(seen.props as KeptSettings, seen.props as KeptSettings);
        const { inputs } = await membership.check(kept.props as Membership, ARGS);
        await membership.diff(ZONE, kept.props as Membership, inputs as Membership);
        const asked = () => okta.requests.filter(({ path }) => path === PATH).map(({ method }) => method);
        assert.deepEqual(asked(), ["GET"]);

        source.grants = [grant(A), grant(B)];
        const more = await membership.check(kept.props as Membership, ARGS);
        await membership.update(ZONE, kept.props as Membership, more.inputs as Membership);
        assert.deepEqual(asked(), ["GET", "GET", "PUT", "GET"]);
    });
});
