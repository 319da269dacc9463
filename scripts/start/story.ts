import { join } from "node:path";

import type { Emulator } from "../../emulator/emulator";
import { table } from "../../src/cli/describe/table";
import { systemClock } from "../../src/clock";
import { evaluateChain } from "../../src/core/chain/chain";
import { parseChain } from "../../src/core/chain/ipChain";
import { difference } from "../../src/core/membership/plan";
import { oktaHttp } from "../../src/okta/http";
import { httpPolicies, type Rule } from "../../src/okta/policies";
import { httpZones } from "../../src/okta/zones/httpZones";
import type { Zone } from "../../src/okta/zones/zones";
import type { Deployed } from "../deploy/deployer";
import { type Change, changeGrants, copyGrants } from "./grants";

export interface StoryOptions {
    readonly emulator: Emulator;
    readonly up: () => Promise<Deployed>;
    /** Where the copy of the grants is to be. */
    readonly grants: string;
    readonly directory: string;
    readonly print: (text: string) => void;
}

/** Deploys, changes the grants, deploys again, and asks who is let in now. */
export async function tell({ emulator, up, grants, directory, print }: StoryOptions): Promise<void> {
    const okta = connect(emulator);
    await copyGrants(join(directory, "grants.dev.yaml"), grants);
    const first = await up();
    const zoneId = String((first.outputs.zoneIds as readonly string[])[0]);
    const before = await okta.zone(zoneId);
    print(`1. up: what was created\n\n${createdTable(first)}\n`);
    print(`${await okta.policy(String(first.outputs.policyId))}\n`);
    print(
        `   The zone "${before.name}" was created with the sentinel 192.0.2.0/32, which admits nobody. Now it holds:\n`,
    );
    print(
        `${table(
            ["gateway"],
            before.gateways.map((gateway) => [gateway]),
        )}\n`,
    );

    const change = await changeGrants(grants, Date.now());
    print(`2. The grants change\n\n${changeTable(change)}\n`);
    const writes = countWrites(emulator, zoneId);
    await up();
    const after = await okta.zone(zoneId);
    print(
        `3. up again: exactly that difference, in ${count(countWrites(emulator, zoneId) - writes, "write")} to the zone\n`,
    );
    print(`${differenceTable(before, after)}\n`);
    print(`4. Who would be let in now?\n\n${chainTable(after, change)}\n`);
    print("Done. Okta itself needs about a minute to spread a change, and ends no session that is already open.");
}

function connect({ url: orgUrl }: Emulator) {
    const connection = { orgUrl, credential: { kind: "api-token", apiToken: "any-token-will-do" } } as const;
    const http = oktaHttp({ connection, fetch, ...systemClock });
    const [zones, policies] = [httpZones(http), httpPolicies(http)];
    const signal = AbortSignal.timeout(600_000);
    return {
        zone: (id: string) => zones.read(id, signal),
        async policy(id: string) {
            const rules = await policies.listRules(id, signal);
            return table(
                ["priority", "rule", "access", "network"],
                rules.map((rule) => [String(rule.priority), rule.name, rule.access ?? "", networkOf(rule)]),
            );
        },
    };
}

function networkOf({ network }: Rule): string {
    return network === undefined || network.include.length === 0 ? "anywhere" : `in zone ${network.include.join(", ")}`;
}

function createdTable({ steps }: Deployed): string {
    const own = steps.filter(({ op, type }) => op === "create" && !type.startsWith("pulumi:"));
    return table(
        ["created", "name"],
        own.map(({ type, name }) => [type, name]),
    );
}

function changeTable({ added, revoked, expired }: Change): string {
    const row = (what: string, { id, user = "", ip }: Change["added"]) => [what, id, user, [ip].flat().join(", ")];
    return table(
        ["", "grant", "user", "addresses"],
        [row("added", added), row("revoked", revoked), row("expired", expired)],
    );
}

function differenceTable(before: Zone, after: Zone): string {
    const { add, remove } = difference(after.id, before.gateways, after.gateways);
    const rows = [
        ...after.gateways.map((gateway) => [add.includes(gateway) ? "+" : "", gateway]),
        ...remove.map((gone) => ["-", gone]),
    ];
    return table(["", "gateway"], rows);
}

function chainTable(zone: Zone, { added, expired }: Change): string {
    const chains = [
        ["granted", String(added.ip)],
        ["expired", String(expired.ip)],
        ["never granted", "192.0.2.200"],
    ] as const;
    return table(
        ["IP chain", "", "let in?", "why"],
        chains.map(([what, chain]) => {
            const { inside, reason } = evaluateChain(zone, parseChain(chain));
            return [chain, what, inside ? "yes" : "no", reason];
        }),
    );
}

function countWrites({ requests }: Emulator, zoneId: string): number {
    return requests.filter(({ method, path }) => method === "PUT" && path === `/api/v1/zones/${zoneId}`).length;
}

function count(number: number, thing: string): string {
    return number === 1 ? `one ${thing}` : `${number} ${thing}s`;
}
