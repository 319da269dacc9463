import * as okta from "@pulumi/okta";
import type { Zone } from "@pulumi/okta/network/zone";
import * as pulumi from "@pulumi/pulumi";

import { SENTINEL } from "../src/core/zones/zone";
import { after, lookForZones, orgIdAround } from "./beforehand";
import { requireArgs } from "./required";
import { ZoneSettings } from "./zoneSettings";

export interface IpZoneArgs {
    /** The zone's name in Okta: unique in the org, at most 128 characters. */
    readonly zoneName: pulumi.Input<string>;

    /**
     * Trusted proxies, as addresses, CIDRs or ranges: behind these Okta evaluates the address of the real client.
     *
     * @default none
     */
    readonly proxies?: pulumi.Input<pulumi.Input<string>[]>;

    /** @default "POLICY" */
    readonly usage?: pulumi.Input<string>;

    /**
     * Whether Pulumi refuses to delete or replace the zone. An option `protect` of the component has precedence.
     *
     * @default true, except in the stack `dev`
     */
    readonly isProtected?: boolean;

    /** What is allowed for a protected zone: names in `src/core/judging/allowed.ts`. @default nothing */
    readonly allow?: readonly string[];
}

const TYPE = "zonekeeper:index:IpZone";

/** Properties that other resources write: ZoneSettings, and for the gateways the membership or an agent. */
const OTHERS = ["gateways", "name", "usage", "status", "proxies"];

/**
 * An IP zone that begins with the sentinel as its only gateway, and so admits
 * no user.
 *
 * After that its gateways are ignored here: they belong to the grants. Its other
 * settings are changed by ZoneSettings: Okta's provider would also write the gateways in the
 * state with a new name, and remove entries that were added since.
 *
 * @example
 * const zone = new IpZone("staff", { zoneName: "Staff" });
 */
export class IpZone extends pulumi.ComponentResource {
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly zoneId: pulumi.Output<string>;
    /** The gateways in the state; live after a refresh. */
    declare readonly gateways: pulumi.Output<string[]>;
    /** The zone itself, for `dependsOn` and `deletedWith`. */
    declare readonly zone: Zone;

    constructor(name: string, args: IpZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("IpZone", name, args, { zoneName: "a text" });
        const look = lookForZones({ type: TYPE, name }, { zoneName: args.zoneName }, opts);
        super(TYPE, name, args, after(look, opts));
        this.checkedOrgId = look?.orgId ?? orgIdAround(opts);
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
