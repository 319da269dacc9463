import * as pulumi from "@pulumi/pulumi";

import { after, lookForZones, orgIdAround } from "./beforehand";
import { requireArgs } from "./required";
import { SystemZone } from "./systemZone";

export interface LegacyIpZoneArgs {
    /** All its gateways, as addresses, CIDRs or ranges; at most 5,000. */
    readonly gateways: pulumi.Input<pulumi.Input<string>[]>;

    /** All its trusted proxies, at most 5,000. @default as they were found */
    readonly proxies?: pulumi.Input<pulumi.Input<string>[]>;

    /** Its name in Okta. @default as it was found */
    readonly zoneName?: pulumi.Input<string>;
}

/**
 * The zone that every Okta org has for its own network, such as for routing to
 * identity providers. It is never created and never deleted: taking this away
 * leaves it as it was found.
 *
 * @example
 * new LegacyIpZone("office", { gateways: ["198.51.100.0/24"] });
 */
export class LegacyIpZone extends pulumi.ComponentResource {
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly zoneId: pulumi.Output<string>;

    constructor(name: string, args: LegacyIpZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("LegacyIpZone", name, args, { gateways: "a list" });
        const look = lookForZones({ type: "zonekeeper:index:LegacyIpZone", name }, {}, opts);
        super("zonekeeper:index:LegacyIpZone", name, args, after(look, opts));
        this.checkedOrgId = look?.orgId ?? orgIdAround(opts);
        const { gateways, proxies, zoneName } = args;
        const own = { gateways, ...(proxies && { proxies }), ...(zoneName !== undefined && { name: zoneName }) };
        const zone = new SystemZone(name, { kind: "LegacyIpZone", ...own, mayShutOut: false }, { parent: this });
        this.zoneId = zone.id;
        this.registerOutputs({ zoneId: this.zoneId });
    }
}

export interface BlockedIpZoneArgs {
    /** All addresses that Okta refuses before any policy; at most 1,000. */
    readonly gateways: pulumi.Input<pulumi.Input<string>[]>;

    /** Whether it may block addresses that another zone of the org admits. @default false */
    readonly mayShutOut?: pulumi.Input<boolean>;
}

/**
 * Okta's own blocklist. It is never created and never deleted: taking this away
 * leaves it as it was found. Addresses that administrators block by hand go with the next `pulumi up`.
 *
 * @example
 * new BlockedIpZone("blocked", { gateways: ["203.0.113.66", "198.51.100.128/25"] });
 */
export class BlockedIpZone extends pulumi.ComponentResource {
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly zoneId: pulumi.Output<string>;

    constructor(name: string, args: BlockedIpZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("BlockedIpZone", name, args, { gateways: "a list" });
        const look = lookForZones({ type: "zonekeeper:index:BlockedIpZone", name }, {}, opts);
        super("zonekeeper:index:BlockedIpZone", name, args, after(look, opts));
        this.checkedOrgId = look?.orgId ?? orgIdAround(opts);
        const { gateways, mayShutOut = false } = args;
        const zone = new SystemZone(name, { kind: "BlockedIpZone", gateways, mayShutOut }, { parent: this });
        this.zoneId = zone.id;
        this.registerOutputs({ zoneId: this.zoneId });
    }
}

export interface DefaultExemptIpZoneArgs {
    /** All addresses that are exempt from ThreatInsight and every blocklist; at most 5,000. */
    readonly gateways: pulumi.Input<pulumi.Input<string>[]>;

    /** Whether addresses may be removed from it that a blocklist contains and another zone admits. @default false */
    readonly mayShutOut?: pulumi.Input<boolean>;
}

/**
 * The zone whose addresses pass ThreatInsight and blocklists; policies still
 * decide about them. It is never created and never deleted: taking this away leaves it as it was found.
 *
 * @example
 * new DefaultExemptIpZone("exempt", { gateways: ["198.51.100.0/24"] });
 */
export class DefaultExemptIpZone extends pulumi.ComponentResource {
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly zoneId: pulumi.Output<string>;

    constructor(name: string, args: DefaultExemptIpZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("DefaultExemptIpZone", name, args, { gateways: "a list" });
        const look = lookForZones({ type: "zonekeeper:index:DefaultExemptIpZone", name }, {}, opts);
        super("zonekeeper:index:DefaultExemptIpZone", name, args, after(look, opts));
        this.checkedOrgId = look?.orgId ?? orgIdAround(opts);
        const { gateways, mayShutOut = false } = args;
        const zone = new SystemZone(name, { kind: "DefaultExemptIpZone", gateways, mayShutOut }, { parent: this });
        this.zoneId = zone.id;
        this.registerOutputs({ zoneId: this.zoneId });
    }
}
