import { strict as assert } from "node:assert";

import { formatSpan } from "../../src/core/addresses/ip";
import { networksOf } from "../../src/core/ranges/networks";
import type { Cell } from "../../src/core/ranges/oktaRanges";
import { cellsOf, snapshot, textsOf } from "../support/cells";
import { need, openFolder, runTool, skip } from "./tools";

const OLD = cellsOf({ us_cell_1: ["203.0.113.8/31", "198.51.100.1/32"] });

/** As the tools of the kernel write them: a single address without its prefix. */
function plain(cells: readonly Cell[]): string[] {
    return textsOf(networksOf(cells, "published")).map((text) => text.replace(/\/32$/, ""));
}

/** As root without a user namespace of its own, in which the kernel takes shorter messages only. */
const UNSHARE = process.getuid?.() === 0 ? "-n" : "-rn";

/**
 * What the kernel holds after a file has been applied, each in a network
 * namespace of its own, so that the firewall of the machine is left alone.
 */
describe("the kernel, given a file of ranges", () => {
    const all = snapshot();
    let folder: Awaited<ReturnType<typeof openFolder>>;

    before(async function () {
        folder = await openFolder();
        need(this, "unshare", "bash");
        const { status } = await runTool("unshare", [UNSHARE, "true"], folder.path);
        if (status !== 0) skip(this, "this user may not make a network namespace");
    });
    after(() => folder[Symbol.asyncDispose]());

    async function inNamespace(script: string): Promise<string> {
        const { status, output } = await runTool("unshare", [UNSHARE, "bash", "--norc", "-ec", script], folder.path);
        assert.equal(status, 0, output);
        return output;
    }

    it("nft: holds the ranges of the latest file, and leaves the rules of others alone", async function () {
        need(this, "nft");
        const [first, second] = [await folder.format("nftables", OLD, "old.nft"), await folder.format("nftables", all)];
        const output = await inNamespace(`
            nft add table inet filter
            nft 'add chain inet filter output { type filter hook output priority 0; policy drop; }'
            nft add rule inet filter output oif lo accept
            nft -c -f ${second}
            nft -f ${first}
            nft insert rule inet filter output jump zonekeeper-okta
            nft -f ${second}; nft -f ${second}
            nft -n list ruleset`);
        const [, elements = ""] = /elements = \{([^}]+)\}/.exec(output) ?? [];
        assert.deepEqual(
            elements.split(",").map((text) => text.trim()),
            plain(all),
        );
        assert.match(output, /jump zonekeeper-okta\n\s+oif "lo" accept/);
        assert.equal(output.match(/ip daddr @zonekeeper-okta tcp dport \{ 80, 443 \} accept/g)?.length, 1);
    });

    it("iptables: holds the ranges of the latest file, and leaves the rules of others alone", async function () {
        need(this, "iptables", "iptables-restore");
        const cell = all.filter(({ name }) => name === "us_cell_7");
        const [first, second] = [
            await folder.format("iptables", OLD, "old.rules"),
            await folder.format("iptables", cell),
        ];
        const output = await inNamespace(`
            iptables -A OUTPUT -o lo -j ACCEPT
            iptables-restore --noflush --test ${second}
            iptables-restore --noflush ${first}
            iptables -I OUTPUT -j ZONEKEEPER-OKTA
            iptables-restore --noflush ${second}; iptables-restore --noflush ${second}
            iptables -S`);
        const rules = networksOf(cell, "published").map(
            (span) => `-A ZONEKEEPER-OKTA -d ${formatSpan(span)} -p tcp -m multiport --dports 80,443 -j ACCEPT`,
        );
        const own = output.split("\n").filter((line) => line.startsWith("-A"));
        assert.deepEqual(own, ["-A OUTPUT -j ZONEKEEPER-OKTA", "-A OUTPUT -o lo -j ACCEPT", ...rules]);
    });

    it("ipset: holds the ranges of the latest file, while a rule names the set", async function () {
        need(this, "ipset", "iptables");
        const [first, second] = [await folder.format("ipset", OLD, "old.set"), await folder.format("ipset", all)];
        const output = await inNamespace(`
            ipset restore -file ${first}
            iptables -I OUTPUT -m set --match-set zonekeeper-okta dst -j ACCEPT
            ipset restore -file ${second}; ipset restore -file ${second}
            ipset list -n; ipset save zonekeeper-okta`);
        assert.match(output, /^zonekeeper-okta\ncreate zonekeeper-okta hash:net /);
        const members = [...output.matchAll(/^add zonekeeper-okta (\S+)$/gm)].map(([, network]) => network);
        assert.deepEqual(members.sort(), plain(all).sort());
    });
});
