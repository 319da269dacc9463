import { invalid } from "../http/errors";
import { documentOf, stringsOf } from "../state/document";
import type { Org, Zone } from "../state/org";

/**
 * Refuses to delete a zone that a rule or an app names. Okta's help would let
 * it go where each rule has another zone too, its reference never; the
 * emulator follows the reference.
 */
export function checkUnused(org: Org, { id }: Zone): void {
    for (const [policyId, rules] of org.rules) {
        for (const rule of rules.values()) {
            if (!namesZone(documentOf(rule.conditions).network, id)) continue;
            invalid("id", `The zone: ${id} is used by the rule ${rule.name} of the policy ${policyId}.`);
        }
    }
    if (stringsOf(org.threats.document.excludeZones).includes(id)) {
        invalid("id", `The zone: ${id} is exempt from ThreatInsight.`);
    }
    for (const { clientId, network } of org.clients.values()) {
        if (namesZone(network, id)) invalid("id", `The zone: ${id} is used by the app ${clientId}.`);
    }
    for (const { document } of org.apps.values()) {
        const settings = documentOf(document.settings);
        const vpn = documentOf(documentOf(settings.notifications).vpn);
        const isNamed = [vpn, documentOf(settings.oauthClient)].some(({ network }) => namesZone(network, id));
        if (isNamed) invalid("id", `The zone: ${id} is used by the app ${document.label}.`);
    }
}

/** Refuses to take a zone away, or out of force, that restricts an API token. */
export function checkTokens(org: Org, { id }: Zone): void {
    const isNamed = [...org.tokens.values()].some(({ document }) => namesZone(document.network, id));
    if (isNamed) invalid("id", `The zone: ${id} restricts an API token and has to stay an active IP zone.`);
}

function namesZone(network: unknown, zoneId: string): boolean {
    const { include, exclude } = documentOf(network);
    return [...stringsOf(include), ...stringsOf(exclude)].includes(zoneId);
}
