import type * as pulumi from "@pulumi/pulumi";

import type { SystemIpZone } from "../src/core/settings/systemZones";
import { OktaResource } from "./oktaResource";

export interface SystemZoneArgs {
    readonly kind: SystemIpZone;
    readonly gateways: pulumi.Input<pulumi.Input<string>[]>;
    /** @default as it was found */
    readonly name?: pulumi.Input<string>;
    /** @default as they were found */
    readonly proxies?: pulumi.Input<pulumi.Input<string>[]>;
    /** Whether it may shut out addresses that another zone lets in. */
    readonly mayShutOut: pulumi.Input<boolean>;
}

/** The contents of a zone that every org has. Deleting it puts the zone back as it was found. */
export class SystemZone extends OktaResource {
    constructor(name: string, args: SystemZoneArgs, opts?: pulumi.CustomResourceOptions) {
        super("systemZone", "SystemZone", name, { ...args }, opts);
    }
}
