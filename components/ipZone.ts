import * as okta from "@pulumi/okta";
import type { Zone } from "@pulumi/okta/network/zone";
import * as pulumi from "@pulumi/pulumi";

import { SENTINEL } from "../src/core/zones/zone";
import { after, lookForZones } from "./beforehand";
import { ZoneSettings } from "./zoneSettings";

export interface IpZoneArgs {
    /** The zone's name in Okta: unique in the org, at most 128 characters. */
    readonly zoneName: pulumi.Input<string>;

    /**
     * Trusted proxies, as addresses, CIDRs or ranges: behind these Okta looks for the real client.
     *
     * @default none
     */
    readonly proxies?: pulumi.Input<pulumi.Input<string>[]>;

    /** @default "POLICY" */
    readonly usage?: pulumi.Input<string>;

    /**
     * Whether Pulumi refuses to delete or replace the zone. An option `protect` of the component wins.
     *
     * @default true, except in the stack `dev`
     */
    readonly isProtected?: boolean;

    /** What a protected zone may do all the same: names in `src/core/judging/allowed.ts`. @default nothing */
    readonly allow?: readonly string[];
}

/** What others change: ZoneSettings, and for the gateways the membership or an agent. */
const OTHERS = ["gateways", "name", "usage", "status", "proxies"];

/**
 * An IP zone that begins with the sentinel as its only gateway, and so admits
 * nobody.
 *
 * After that its gateways are ignored here: they belong to the grants. Its other
 * settings are ZoneSettings' to change: Okta's provider would write the gateways that the state
 * records along with a new name, and evict whoever came in since.
 *
 * @example
 * const zone = new IpZone("staff", { zoneName: "Staff" });
 */
export class IpZone extends pulumi.ComponentResource {
    declare readonly zoneId: pulumi.Output<string>;
    /** What the state knows of the gateways: live after a refresh. */
    declare readonly gateways: pulumi.Output<string[]>;
    /** The zone itself, for `dependsOn` and `deletedWith`. */
    declare readonly zone: Zone;

    constructor(name: string, args: IpZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zonekeeper:index:IpZone", name, args, after(lookForZones(args.zoneName, opts), opts));
        const { zoneName, proxies, usage = "POLICY", isProtected = pulumi.getStack() !== "dev", allow = [] } = args;
        const own = { type: "IP", name: zoneName, usage, gateways: [SENTINEL], ...(proxies && { proxies }) };
        const protect = opts?.protect ?? isProtected;
        this.zone = new okta.network.Zone(name, own, { parent: this, protect, ignoreChanges: OTHERS });
        const settings = { name: zoneName, usage, proxies: proxies ?? [], isGuarded: protect, allow };
        new ZoneSettings(name, { zoneId: this.zone.id, ...settings }, { parent: this });
        this.zoneId = this.zone.id;
        this.gateways = this.zone.gateways.apply((gateways) => gateways ?? []);
        // Without the gateways: a saved plan holds what is registered here, and would be stale with the next grant.
        this.registerOutputs({ zoneId: this.zoneId });
    }
}
