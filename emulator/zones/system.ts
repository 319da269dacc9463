import { isDeepStrictEqual } from "node:util";

import { invalid } from "../http/errors";
import type { Document } from "../state/document";
import type { Zone } from "../state/org";
import type { ZoneBody } from "./body";

/** What may be done to a zone that every organisation has. Nobody may delete one. */
export interface SystemZone {
    readonly type: "IP" | "DYNAMIC_V2";
    readonly usage: "POLICY" | "BLOCKLIST";
    readonly content: Document;
    /** Whether it is in force in a new organisation. @default "ACTIVE" */
    readonly status?: "ACTIVE" | "INACTIVE";
    /** The fields of its content that a PUT may change; others must stay as they are. */
    readonly mayChange: readonly string[];
    /** A field that each PUT must carry as true. */
    readonly mark?: "system" | "useAsExemptList";
    /** Whether it obeys lifecycle/activate and deactivate. */
    readonly hasLifecycle: boolean;
}

/**
 *   zone                        may change              a PUT carries      lifecycle
 *   LegacyIpZone                name, gateways, proxies                    yes
 *   BlockedIpZone               gateways                system             yes
 *   DefaultExemptIpZone         gateways                useAsExemptList    no
 *   DefaultEnhancedDynamicZone  its categories                             yes, and only so
 *
 * Source: Okta's help on each, and what the Okta provider had to learn (its
 * issues 2221, 2252, 2271, 2676, 2689). DefaultEnhancedDynamicZone is inactive in
 * a new organisation, by Okta's help.
 */
export const SYSTEM_ZONES: Readonly<Record<string, SystemZone>> = {
    LegacyIpZone: {
        type: "IP",
        usage: "POLICY",
        content: { gateways: null, proxies: null },
        mayChange: ["name", "gateways", "proxies"],
        hasLifecycle: true,
    },
    BlockedIpZone: {
        type: "IP",
        usage: "BLOCKLIST",
        content: { gateways: null, proxies: null },
        mayChange: ["gateways"],
        mark: "system",
        hasLifecycle: true,
    },
    DefaultExemptIpZone: {
        type: "IP",
        usage: "POLICY",
        content: { gateways: null, proxies: null },
        mayChange: ["gateways"],
        mark: "useAsExemptList",
        hasLifecycle: false,
    },
    DefaultEnhancedDynamicZone: {
        type: "DYNAMIC_V2",
        usage: "BLOCKLIST",
        status: "INACTIVE",
        content: {
            locations: { include: [], exclude: [] },
            ipServiceCategories: { include: ["ALL_ANONYMIZERS"], exclude: [] },
            asns: { include: [], exclude: [] },
        },
        mayChange: ["locations", "ipServiceCategories", "asns"],
        hasLifecycle: true,
    },
};

export function hasLifecycle(systemName: string): boolean {
    return SYSTEM_ZONES[systemName]?.hasLifecycle ?? true;
}

/** Refuses a PUT that the table does not allow. Only the exempt zone's refusal is in Okta's words. */
export function checkSystemPut(systemName: string, before: Zone, change: ZoneBody, body: Document): void {
    const zone = SYSTEM_ZONES[systemName];
    if (zone === undefined) return;
    if (zone.mark === "useAsExemptList" && (body.useAsExemptList !== true || change.usage !== before.usage)) {
        invalid("useAsExemptList", `The network zone does not allow usage changes for ${systemName}.`);
    }
    if (zone.mark === "system" && body.system !== true) {
        invalid("system", `A change of ${systemName} needs system: true.`);
    }
    const { name, usage, status = before.status, content } = change;
    const after: Document = { name, usage, status, ...content };
    for (const [field, value] of Object.entries(after)) {
        const isFree =
            zone.mayChange.includes(field) || (field === "status" && zone.hasLifecycle && zone.type === "IP");
        if (!isFree && !isDeepStrictEqual(value, before[field])) {
            invalid(field, `The ${field} of ${systemName} cannot be changed.`);
        }
    }
}
