import { isDeepStrictEqual } from "node:util";

import { invalid, missing, refuse } from "../http/errors";
import { type Actor, logEvent } from "../logs/events";
import type { Document } from "../state/document";
import type { Org, Zone } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { checkRoom } from "./addresses";
import { readZoneBody, unknownFields } from "./body";
import { checkSystemPut, hasLifecycle } from "./system";
import { checkTokens, checkUnused } from "./use";

/** The zone with this id, or 404. */
export function zoneOf(org: Org, id: string): Zone {
    return org.zones.get(id) ?? missing(id, "NetworkZone");
}

/** A status in the body is ignored: a new zone is active. */
export function createZone(world: World, body: Document, actor: Actor): Zone {
    const { type, name, usage, content } = readZoneBody(body);
    checkName(world.org, name);
    checkNotEmpty(content);
    const now = stampOf(world.now());
    const id = world.ids.id("nzo");
    const zone: Zone = {
        type,
        id,
        name,
        status: "ACTIVE",
        usage,
        created: now,
        lastUpdated: now,
        system: false,
        ...content,
    };
    checkRoom(world.org, id, zone, undefined);
    keep(world, zone, "POST /api/v1/zones");
    logEvent(world, "zone.create", zone, actor);
    return zone;
}

/** Replaces the whole zone. Gives what the answer shows, where `lastUpdated` is still that of the change before. */
export function replaceZone(world: World, id: string, body: Document, actor: Actor): Zone {
    const before = zoneOf(world.org, id);
    const change = readZoneBody(body, before);
    const { name, usage, content, status = before.status } = change;
    const systemName = world.org.systemZones.get(id);
    if (change.type !== before.type) invalid("type", "The type of a zone cannot be changed.");
    if (name !== before.name) checkName(world.org, name);
    if (systemName === undefined) checkNotEmpty(content);
    else checkSystemPut(systemName, before, change, body);
    if (status === "INACTIVE" || usage === "BLOCKLIST") checkTokens(world.org, before);
    const { type, created, lastUpdated, system } = before;
    const extra = unknownFields(before, body);
    const zone: Zone = { type, id, name, status, usage, created, lastUpdated, system, ...content, ...extra };
    checkRoom(world.org, id, zone, systemName);
    if (isDeepStrictEqual(zone, before)) return answerTo(systemName, before);
    const kept = keep(world, { ...zone, lastUpdated: stampOf(world.now()) }, `PUT /api/v1/zones/${id}`);
    logEvent(world, "zone.update", zone, actor);
    return answerTo(systemName, world.lastUpdatedOfPut === "stale" ? zone : kept);
}

/** Only the answer to a PUT of the exempt zone has these two fields. */
function answerTo(systemName: string | undefined, zone: Zone): Zone {
    return systemName === "DefaultExemptIpZone" ? { ...zone, useAsBlackList: false, useAsExemptList: true } : zone;
}

/** Turning a zone the way that it is already turned does nothing but bump `lastUpdated`. */
export function turnZone(world: World, id: string, verb: "activate" | "deactivate", actor: Actor): Zone {
    const before = zoneOf(world.org, id);
    const systemName = world.org.systemZones.get(id);
    if (systemName !== undefined && !hasLifecycle(systemName)) {
        invalid("status", `The status of ${systemName} cannot be changed.`);
    }
    if (verb === "deactivate") checkTokens(world.org, before);
    const status = verb === "activate" ? "ACTIVE" : "INACTIVE";
    const zone = { ...before, status, lastUpdated: stampOf(world.now()) } satisfies Zone;
    logEvent(world, `zone.${verb}`, zone, actor);
    return keep(world, zone, `POST /api/v1/zones/${id}/lifecycle/${verb}`);
}

/** Refuses as Okta does: system zones, active ones (on Identity Engine), and those that something names. */
export function deleteZone(world: World, id: string, actor: Actor): void {
    const zone = zoneOf(world.org, id);
    if (zone.system) invalid("id", `The zone: ${id} is a system zone. System zones cannot be deleted.`);
    if (zone.status === "ACTIVE" && world.org.about.pipeline === "idx") {
        const sentence = (it: string) => `The zone: ${it} is an active zone. Active zones cannot be deleted.`;
        refuse(400, "E0000001", `Api validation failed: ${sentence(zone.name)}`, { causes: [`id: ${sentence(id)}`] });
    }
    checkTokens(world.org, zone);
    checkUnused(world.org, zone);
    world.org.zones.delete(id);
    world.journal.record(zone, `DELETE /api/v1/zones/${id}`, true);
    logEvent(world, "zone.delete", zone, actor);
}

/** A change by another writer: fields of the zone replaced, without any check. */
export function writeAsStranger(world: World, id: string, fields: Document): void {
    const zone = world.org.zones.get(id);
    if (zone === undefined) return;
    keep(world, { ...zone, ...fields, id, lastUpdated: stampOf(world.now()) }, "foreign write");
    logEvent(world, "zone.update", zone, "stranger");
}

function keep({ org, journal }: World, zone: Zone, cause: string): Zone {
    org.zones.set(zone.id, zone);
    journal.record(zone, cause);
    return zone;
}

/** Okta's words for a doubled name are not known; these are the emulator's. */
function checkName(org: Org, name: string): void {
    const isTaken = [...org.zones.values()].some((zone) => zone.name === name);
    if (isTaken) invalid("name", `A zone with the name ${name} already exists.`);
}

/** "An IP zone needs gateways or proxies", says Okta's reference; the words of the refusal are the emulator's. */
function checkNotEmpty({ gateways, proxies }: Document): void {
    if (gateways === null && proxies === null) invalid("gateways", "An IP zone needs gateways or proxies.");
}
