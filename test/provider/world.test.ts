import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startEmulator } from "../../emulator/emulator";
import { gatewaysOf } from "../../src/core/membership/entries";
import { membershipProvider } from "../../src/provider/membership";
import type { Membership } from "../../src/provider/state";
import { connect } from "../../src/provider/world";

const ZONE = "nzoWorld0000000000001";
const HOUR = 3_600_000;
const A = "203.0.113.7/32";

describe("connect", () => {
    for (const [sentence, aheadMs, gateways, told] of [
        [
            "ends grants by Okta's time where this machine's clock is behind, and warns",
            HOUR,
            ["192.0.2.0/32"],
            /^warning: this machine's clock is 3(599|600|601) s behind Okta's: .* \[ZK114\]$/,
        ],
        ["says nothing of a clock that is right", 0, [A], undefined],
    ] as const) {
        it(sentence, async () => {
            const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
            const expiresAt = new Date(Date.now() + HOUR / 2).toISOString();
            await writeFile(join(folder, "grants.json"), JSON.stringify({ grants: [{ id: "g1", ip: A, expiresAt }] }));
            const zones = [{ id: ZONE, name: "Staff", gateways: [{ type: "CIDR" as const, value: A }] }];
            await using okta = await startEmulator({ now: () => Date.now() + aheadMs, seed: { zones } });
            const config: Readonly<Record<string, string>> = { "okta:httpProxy": okta.url, "okta:apiToken": "a-token" };
            const lines: string[] = [];
            const provider = membershipProvider(connect);
            const { write } = process.stderr;
            try {
                process.stderr.write = (text) => lines.push(String(text).trim()) > 0;
                await provider.configure({ config: { get: (key) => config[key], require: () => "" } });
                const source = { type: "file", path: join(folder, "grants.json") };
                const { inputs } = await provider.check({ zoneIds: [ZONE] }, { zoneIds: [ZONE], source });
                assert.deepEqual(gatewaysOf((inputs as Membership).entries, [ZONE]), [gateways]);
            } finally {
                process.stderr.write = write;
                await rm(folder, { recursive: true });
            }
            const warnings = lines.filter((line) => line.startsWith("warning"));
            assert.equal(warnings.length, told === undefined ? 0 : 1);
            if (told !== undefined) assert.match(warnings[0] ?? "", told);
        });
    }
});
