import type * as pulumi from "@pulumi/pulumi";

import { OktaResource } from "./oktaResource";

export interface ZoneShardsArgs {
    /** The zones of an agent, in order. */
    readonly zoneIds: pulumi.Input<string>[];
    /** See `src/core/judging/allowed.ts`. */
    readonly allow: readonly string[];
}

/** Checks the entries of a zone before it is removed from those of an agent; it is nothing in Okta. */
export class ZoneShards extends OktaResource {
    constructor(name: string, args: ZoneShardsArgs, opts?: pulumi.CustomResourceOptions) {
        super("shards", "ZoneShards", name, { ...args }, opts);
    }
}

export interface DeletionGuardArgs {
    /** The effect of deleting all that it depends on. */
    readonly says: pulumi.Input<string>;
    /** Whether deleting it is refused. */
    readonly isGuarded: boolean;
    /** See `src/core/judging/allowed.ts`. */
    readonly allow: readonly string[];
}

/**
 * A deletion guard: prints the effect of a deletion before anything is deleted, and can refuse it; it is nothing in
 * Okta.
 */
export class DeletionGuard extends OktaResource {
    constructor(name: string, args: DeletionGuardArgs, opts?: pulumi.CustomResourceOptions) {
        super("deletionGuard", "DeletionGuard", name, { ...args }, opts);
    }
}
