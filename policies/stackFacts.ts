import type { PolicyResource } from "@pulumi/policy";

import type { SystemIpZone } from "../src/core/settings/systemZones";
import { rulesIn } from "./facts";
import { read, textOf, textsOf } from "./reading";
import { MEMBERSHIP, SYSTEM_ZONE, ZONE } from "./types";

/** The zones that these properties name: by what they come from, as a preview does not know ids, or by id. */
export function zonesOf(
    resource: PolicyResource,
    keys: readonly string[],
    all: readonly PolicyResource[],
): PolicyResource[] {
    const sources = new Set(keys.flatMap((key) => resource.propertyDependencies[key] ?? []).map(({ urn }) => urn));
    const ids = new Set(idsIn(resource));
    return all.filter(
        (each) => each.type === ZONE && (sources.has(each.urn) || ids.has(textOf(each.props, "id", "?"))),
    );
}

function idsIn({ type, props }: PolicyResource): (string | undefined)[] {
    if (type === MEMBERSHIP) return textsOf(props, "zoneIds");
    return rulesIn(type, props).flatMap(({ includes = [] }) => includes.filter((id) => typeof id === "string"));
}

export function isIpZone({ type, props }: PolicyResource): boolean {
    return type === ZONE && textOf(props, "type", "IP") === "IP";
}

/** Whether it is that one of the zones that every org has. */
export function isDefaultZone({ type, props }: PolicyResource, kind: SystemIpZone): boolean {
    return type === SYSTEM_ZONE && textOf(props, "kind", undefined) === kind;
}

export function isBlocklist(zone: PolicyResource): boolean {
    if (isDefaultZone(zone, "BlockedIpZone")) return true;
    const { props } = zone;
    return textOf(props, "usage", "POLICY") === "BLOCKLIST";
}

export function isExemptList(zone: PolicyResource): boolean {
    if (isDefaultZone(zone, "DefaultExemptIpZone")) return true;
    const { props } = zone;
    return read(props, "setUsageAsExemptList") === true;
}

/** Whether the program ignores the zone's gateways, which another writer manages. */
export function ignoresGateways({ opts }: PolicyResource): boolean {
    return opts.ignoreChanges.includes("gateways");
}

/**
 * Whether the zone is there already and a membership of this stack writes its
 * gateways. What it shows is then what was live before: not what it will hold, and
 * no reason to hold up the run that puts it right.
 */
export function isKept(zone: PolicyResource, all: readonly PolicyResource[]): boolean {
    const isThere = textOf(zone.props, "id", undefined) !== undefined;
    const memberships = all.filter(({ type }) => type === MEMBERSHIP);
    return (
        isThere && ignoresGateways(zone) && memberships.some((each) => zonesOf(each, ["zoneIds"], all).includes(zone))
    );
}

/** Whether its gateways are the program's own: a default zone's are. */
export function isStaticZone(zone: PolicyResource): boolean {
    return !isBlocklist(zone) && !isExemptList(zone) && !ignoresGateways(zone);
}

export function nameOf({ name, props }: PolicyResource): string {
    return textOf(props, "name", undefined) ?? textOf(props, "kind", undefined) ?? name;
}
