import { strict as assert } from "node:assert";

import { SENTINEL } from "../../../src/core/zones/zone";
import { readDocument } from "../../../src/sources/document/document";
import type { GrantSource } from "../../../src/sources/source";
import { A, grant } from "../../support/grants";
import { zone } from "../../support/rounds";
import { openStage } from "./stage";

const SECOND = 1000;

/** 8 MiB of YAML with an anchor and an alias in each line, which take seconds to read on any machine. */
function* hostile() {
    yield Buffer.from("grants:\n");
    for (let n = 0; n < 80; n++) yield Buffer.from("- { &a id: x, ip: *a }\n".repeat(4500));
}

describe("a reconciler, while its source sends a document that takes long to read", () => {
    it("takes out a grant whose end comes meanwhile", async () => {
        let isOver = false;
        let reads = 0;
        const source: GrantSource = {
            name: "hostile",
            async read(signal) {
                reads += 1;
                if (reads === 1) return { grants: [grant(A, 0.75)], unusable: [] };
                return readDocument(hostile(), { widestPrefix: 24 }, { signal }).finally(() => {
                    isOver = true;
                });
            },
        };
        await using stage = openStage({ zones: [zone("nzo1", [SENTINEL])], more: { source } });
        await stage.clock.pass(30 * SECOND);
        // The thread is started, or the document is read, in a turn of the event loop of its own.
        while (reads < 2) await stage.clock.pass(SECOND);
        await new Promise((resolve) => setImmediate(resolve));
        await stage.clock.pass(45 * SECOND - stage.clock.elapsedMs());
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[A], [SENTINEL]],
        );
        assert.equal(isOver, false);
    });
});
