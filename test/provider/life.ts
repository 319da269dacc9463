import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { type DynamicProvider, startDynamicProvider } from "../../rehearsal/providers/dynamicProvider";
import { storedText } from "../../src/provider/lazyProvider.cjs";
import { permanent } from "../support/stacks";

const ZONE = "nzoProcess00000000001";
const ENTRIES = { [ZONE]: { "203.0.113.7/32": { "grant of 203.0.113.7": "never" } } };
const SUBJECT = { urn: "urn:test", type: "pulumi-nodejs:dynamic/zonekeeper:ZoneMembership", name: "staff" };

/** What the provider's own process does in a folder, where Pulumi starts it: a checkout, or a project that uses the package. */
export function describeLife(what: string, directoryIn: (scratch: string) => Promise<string>): void {
    describe(`the provider's own process, in ${what}`, () => {
        let scratch: string;
        let okta: Emulator;
        let provider: DynamicProvider;
        const lines: string[] = [];

        before(async () => {
            scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
            await writeFile(join(scratch, "grants.json"), JSON.stringify({ grants: [permanent("203.0.113.7")] }));
            okta = await startEmulator({
                seed: { zones: [{ id: ZONE, name: "Staff", gateways: [{ type: "CIDR", value: "192.0.2.0/32" }] }] },
            });
            provider = await startDynamicProvider({
                node: process.execPath,
                directory: await directoryIn(scratch),
                project: "zonekeeper",
                config: { "okta:httpProxy": okta.url, "okta:apiToken": "a-token-of-the-tests" },
                env: process.env,
                onLine: (line) => lines.push(line),
            });
        });
        after(async () => {
            await provider?.stop();
            await okta?.close();
            await rm(scratch, { recursive: true });
        });

        const news = () => ({
            __provider: storedText("membership"),
            zoneIds: [ZONE],
            source: { type: "file", path: join(scratch, "grants.json") },
        });

        it("lives its whole life there", async () => {
            const { inputs, failures } = await provider.check(SUBJECT, {}, news());
            assert.deepEqual([failures, inputs.entries], [[], ENTRIES]);
            const { id, outputs } = await provider.create(SUBJECT, inputs);
            const known = { id, outputs, inputs };
            assert.equal((await provider.diff(SUBJECT, known, inputs)).changes, false);
            assert.deepEqual((await provider.read(SUBJECT, id, outputs, inputs))?.outputs.entries, ENTRIES);
            assert.deepEqual(await provider.update(SUBJECT, known, inputs), outputs);
            await provider.delete(SUBJECT, id, outputs);
            assert.deepEqual(okta.history.at(-1)?.gateways, ["192.0.2.0/32"]);
        });

        it("keeps no secret and prints none", async () => {
            const { inputs } = await provider.check(SUBJECT, {}, news());
            assert.doesNotMatch(JSON.stringify([inputs, lines]), /a-token-of-the-tests/);
        });

        it("fails in one line, without a stack, when the grants are gone", async () => {
            const source = { type: "file", path: join(scratch, "gone.json") };
            const { failures } = await provider.check(SUBJECT, {}, { ...news(), source });
            assert.deepEqual(
                failures.map(({ property }) => property),
                [""],
            );
            assert.match(failures[0]?.reason ?? "", /gone\.json: there is no such file/);
            assert.doesNotMatch(lines.join("\n"), /^\s+at /m);
        });
    });
}
