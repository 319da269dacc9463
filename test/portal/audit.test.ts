import { strict as assert } from "node:assert";

import { coded } from "../../src/core/errors/errors";
import type { PortalEvent } from "../../src/core/portal/events";
import { openAudit } from "../../src/portal/audit";
import { networkOf, openStrangerLines } from "../../src/portal/http/network";

const event = (grant: string): PortalEvent => ({ type: "portal.granted", grant });

describe("the audit of a portal whose ledger cannot be written", () => {
    /** A ledger on a disk that is full for a while. */
    const openScene = () => {
        const written: (string | undefined)[] = [];
        const said: string[] = [];
        let isFull = true;
        const record = async ({ grant }: { readonly grant?: string }) => {
            await Promise.resolve();
            if (isFull) throw coded("ledger-unwritable", "the disk is full");
            written.push(grant);
        };
        const say = (text: string) => void said.push(text);
        const audit = openAudit({ record: record as never }, { info: say, error: say });
        return { audit, written, said, clear: () => (isFull = false) };
    };

    it("refuses whatever would let somebody in, once a line could not be written, until it can", async () => {
        const { audit, written, said, clear } = openScene();
        await audit.require();
        await audit.record(event("g1"));
        assert.match(said.join("\n"), /^granted\nthe disk is full/);
        await assert.rejects(audit.require(), { code: "ledger-unwritable" });
        clear();
        await audit.require();
        assert.deepEqual(written, ["g1"]);
    });

    it("writes what it could not write before what came later, once each", async () => {
        const { audit, written, clear } = openScene();
        await Promise.all(["g1", "g2", "g3"].map((grant) => audit.record(event(grant))));
        clear();
        await Promise.all([audit.require(), audit.require(), audit.record(event("g4")), audit.require()]);
        await audit.record(event("g5"));
        assert.deepEqual(written, ["g1", "g2", "g3", "g4", "g5"]);
    });
});

describe("what strangers do", () => {
    const at = (count: number) => (count < 20 ? "written" : count === 20 ? "last" : "left-out");
    const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
        "one address": ["203.0.113.7"],
        "the addresses of one customer's IPv6": ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:DB8:1:2::"],
    };
    for (const [whose, addresses] of Object.entries(SPELLINGS)) {
        it(`is written down twenty times in ten minutes of ${whose}`, () => {
            let nowMs = 0;
            const lineFor = openStrangerLines(() => nowMs);
            for (let count = 1; count <= 30; count += 1) {
                const address = addresses[count % addresses.length] ?? "";
                assert.equal(lineFor(address), at(count), String(count));
            }
            assert.equal(lineFor("203.0.113.8"), "written", "others are written");
            nowMs += 600_000;
            assert.equal(lineFor(addresses[0] ?? ""), "written");
        });
    }

    it("has the network of an address", () => {
        assert.notEqual(networkOf("2001:db8:1:2::1"), networkOf("2001:db8:1:3::1"));
        assert.equal(networkOf("203.0.113.7"), "203.0.113.7");
    });
});
