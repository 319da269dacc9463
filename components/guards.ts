import type * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "./dynamicResource";
import { OktaResource } from "./oktaResource";

export interface ZoneShardsArgs {
    /** The zones of an agent, in order. */
    readonly zoneIds: pulumi.Input<string>[];
    /** See `src/core/judging/allowed.ts`. */
    readonly allow: readonly string[];
}

/** Looks who is inside before a zone leaves those that an agent keeps; it is nothing in Okta. */
export class ZoneShards extends OktaResource {
    constructor(name: string, args: ZoneShardsArgs, opts?: pulumi.CustomResourceOptions) {
        super("shards", "ZoneShards", name, { ...args }, opts);
    }
}

export interface FarewellArgs {
    /** What deleting all that it depends on opens and closes. */
    readonly says: pulumi.Input<string>;
    /** Whether deleting it is refused. */
    readonly isGuarded: boolean;
    /** See `src/core/judging/allowed.ts`. */
    readonly allow: readonly string[];
}

/** Says what a deletion means before anything is deleted, and refuses it; it is nothing in Okta. */
export class Farewell extends DynamicResource {
    constructor(name: string, args: FarewellArgs, opts?: pulumi.CustomResourceOptions) {
        super("farewell", "Farewell", name, { ...args }, opts);
    }
}
