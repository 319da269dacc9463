import type * as pulumi from "@pulumi/pulumi";

import { OktaResource } from "./oktaResource";

export interface ZoneSettingsArgs {
    readonly zoneId: pulumi.Input<string>;
    readonly name: pulumi.Input<string>;
    /** `POLICY` or `BLOCKLIST`. */
    readonly usage: pulumi.Input<string>;
    /** Trusted proxies; none is an empty list. */
    readonly proxies: pulumi.Input<pulumi.Input<string>[]>;
    /** Whether changes that evict users are refused. */
    readonly isGuarded: boolean;
    /** What is not refused all the same: see `src/core/judging/allowed.ts`. */
    readonly allow: readonly string[];
}

/**
 * The settings of a zone that exists, apart from its gateways, which each write
 * takes along as they are at that moment. A deactivated zone becomes active again.
 */
export class ZoneSettings extends OktaResource {
    constructor(name: string, args: ZoneSettingsArgs, opts?: pulumi.CustomResourceOptions) {
        super("zoneSettings", "ZoneSettings", name, { ...args, status: "ACTIVE" }, opts);
    }
}
