import { addressesOf, gatewaysIn, tellAddress } from "../addresses";
import type { Facts } from "../facts";
import { writesIn } from "../inForce";
import { isConfirmed } from "./removals";

/**
 * What the zones hold when an agent first meets them, and no grant admits, stays until its removal is confirmed,
 * or takes it out, or a grant has held it meanwhile.
 */
export function keepsWhatItFound(facts: Facts): string[] {
    const { found = {}, firstContact = "hold" } = facts.trace.history;
    if (firstContact === "apply") return [];
    const all = addressesOf(Object.values(found).flat());
    return unconfirmed(facts, all).map(
        ({ address, atMs }) => `${tellAddress(address)} was found in a zone, and goes at ${atMs} ms`,
    );
}

/** A static gateway that left the settings stays until its removal is confirmed, or a grant has held it meanwhile. */
export function keepsLeftStatics(facts: Facts): string[] {
    const all = addressesOf(facts.trace.processes.flatMap(({ settings }) => settings.staticGateways));
    return unconfirmed(facts, all).flatMap(({ address, atMs, process }) => {
        const now = addressesOf(facts.lifeOf(process).settings.staticGateways);
        return now.has(address) ? [] : [`${tellAddress(address)} was a static gateway, and goes at ${atMs} ms`];
    });
}

/** Of these addresses, those that an agent's write takes out although nobody confirmed that, nor somebody else took them out. */
function unconfirmed(facts: Facts, addresses: ReadonlySet<number>) {
    const left = new Set(addresses);
    for (const { atMs, by, gateways, zone } of facts.trace.states) {
        if (by === "agent" || zone === undefined) continue;
        // The zones begin with what they hold; what somebody else takes out later is forgotten.
        const now = facts.insideAt(atMs);
        if (atMs > 0) for (const address of left) if (!now.has(address) && gateways !== undefined) left.delete(address);
    }
    return writesIn(facts).flatMap((put) => {
        const { process, sentAtMs, executedAtMs: atMs = sentAtMs } = put;
        const after = facts.insideAt(atMs + 1);
        const gone = [...addressesOf(gatewaysIn(put.before))].filter((each) => left.has(each) && !after.has(each));
        const held = (address: number) =>
            facts.knowledge(process).runs.some(({ fromMs, addresses }) => fromMs <= sentAtMs && addresses.has(address));
        const denied = (address: number) =>
            facts.trace.denials.some(
                ({ denial, fromMs }) =>
                    fromMs <= sentAtMs &&
                    denial.span !== undefined &&
                    denial.span.low <= address &&
                    address <= denial.span.high,
            );
        return gone
            .filter((each) => !held(each) && !denied(each) && !isConfirmed(facts, process, each, sentAtMs))
            .map((address) => ({ address, atMs, process }));
    });
}
