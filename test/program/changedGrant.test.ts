import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { display } from "../../rehearsal/display";
import { preview, up } from "../../rehearsal/engine";
import { PASSPHRASE } from "../../scripts/deploy/deployer";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { processes } from "../support/processes";
import { ROOT } from "../support/run";

const END = "2099-12-01T18:00:00.000Z";

/** The 30 people who are in; their addresses have even ends. */
const THIRTY = Array.from({ length: 30 }, (_, index) => grantOf(`g-${String(index + 10)}`, 2 * index + 100));

function grantOf(id: string, last: number, more: object = {}): object {
    return { id, ip: `203.0.113.${last}`, expiresAt: END, ...more };
}

describe("the preview of a changed grant", () => {
    let okta: Emulator;
    let scratch: string;

    before(async () => {
        okta = await startEmulator();
        scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        await grant(THIRTY);
        assert.deepEqual((await up(options())).problems, []);
    });
    after(async () => {
        await okta?.close();
        if (scratch !== undefined) await rm(scratch, { recursive: true });
    });

    const grant = (grants: readonly object[]) => writeFile(join(scratch, "grants.json"), JSON.stringify({ grants }));

    function options(lines: string[] = []) {
        return {
            directory: ROOT,
            stack: "dev",
            config: {
                "okta:orgName": "dev",
                "okta:baseUrl": "okta.com",
                "okta:httpProxy": okta.url,
                "zonekeeper:source": JSON.stringify({ type: "file", path: join(scratch, "grants.json") }),
            },
            env: sandboxEnv(process.env, "a-token-of-the-tests"),
            statePath: join(scratch, "dev.json"),
            passphrase: PASSPHRASE,
            startChild: processes.start,
            onEvent: (event: object) => {
                if ("line" in event) lines.push(String(event.line));
            },
        };
    }

    /** What a preview shows changed, and what it says. */
    async function previewOf(grants: readonly object[]) {
        await grant(grants);
        const lines: string[] = [];
        const result = await preview(options(lines));
        assert.deepEqual(result.problems, []);
        const shown = display(result, { operation: "preview", project: "zonekeeper", stack: "dev" });
        return {
            changed: shown.split("\n").flatMap((line) => /^ +([+~-] .*)/.exec(line)?.[1] ?? []),
            says: lines.filter((line) => line.startsWith("Zone ")),
            gateways: result.outputs.gateways,
        };
    }

    const zone = () => [...okta.org.zones.values()].find(({ name }) => name === "Zonekeeper (dev)")?.id;

    it("is one line where a lower address comes, and says who", async () => {
        const { changed, says } = await previewOf([...THIRTY, grantOf("g-01", 7)]);
        assert.deepEqual(changed, [`+ entries.${zone()}.203.0.113.7/32: {"g-01":"${END}"}`]);
        assert.deepEqual(says, ['Zone "Zonekeeper (dev)": 1 gateway comes in, 0 go out, 30 stay; in: 203.0.113.7/32']);
    });

    it("is one line where one never ends", async () => {
        const office = { id: "g-02", ip: "203.0.113.7", permanent: true };
        const { changed } = await previewOf([...THIRTY, office]);
        assert.deepEqual(changed, [`+ entries.${zone()}.203.0.113.7/32: {"g-02":"never"}`]);
    });

    it("is one line where the lowest goes", async () => {
        const { changed, says } = await previewOf(THIRTY.slice(1));
        assert.deepEqual(changed, [`- entries.${zone()}.203.0.113.100/32: {"g-10":"${END}"}`]);
        assert.deepEqual(says, [
            'Zone "Zonekeeper (dev)": 0 gateways come in, 1 goes out, 29 stay; out: 203.0.113.100/32',
        ]);
    });

    it("is one line where a grant lasts longer, although no gateway changes", async () => {
        const later = "2100-01-01T00:00:00.000Z";
        const { changed, says } = await previewOf([grantOf("g-10", 100, { expiresAt: later }), ...THIRTY.slice(1)]);
        assert.deepEqual(changed, [`~ entries.${zone()}.203.0.113.100/32.g-10: "${END}" => "${later}"`]);
        assert.deepEqual(says, []);
    });

    it("is no line where nothing changes", async () => {
        const { changed, says, gateways } = await previewOf([...THIRTY].reverse());
        assert.deepEqual([changed, says], [[], []]);
        assert.equal((gateways as string[][])[0]?.length, 30);
    });

    // Pulumi compares lists by index, and prints a whole list again where a lower address comes.
    it("is no second diff in the outputs of the stack, which Pulumi prints for what it knows", async () => {
        const { gateways } = await previewOf([...THIRTY, grantOf("g-01", 7)]);
        assert.equal(gateways, "[unknown]");
    });

    it("names each entry that cannot be used", async () => {
        const { says } = await previewOf([...THIRTY, { id: "slip", ip: "203.0.113.7" }]);
        assert.deepEqual(says, [
            'Zone "Zonekeeper (dev)": warning: the grant "slip" cannot be used: expiresAt is missing; ' +
                "give a moment such as 2026-12-01T18:00:00Z, or say permanent: true; it admits nobody",
        ]);
    });
});
