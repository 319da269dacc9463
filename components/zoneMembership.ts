import * as pulumi from "@pulumi/pulumi";

import type { ReportedUnusable } from "../src/core/grants/grantsDocument";
import { type Entries, gatewaysOf } from "../src/core/membership/entries";
import type { Refusal } from "../src/core/membership/plan";
import { OktaResource } from "./oktaResource";
import { requireArgs } from "./required";

/** Limits and additions to the grants: see the table of limits in the README. */
export interface MembershipRulesArgs {
    /** Labels that a grant must have, every one of them. @default none */
    readonly selector?: Record<string, string>;
    /** Addresses, CIDRs or ranges to keep besides the grants. @default none */
    readonly staticGateways?: pulumi.Input<string[]>;
    /** Ranges that no grant may touch. @default none */
    readonly deny?: string[];
    /** The shortest prefix that a grant may have. @default 24 */
    readonly widestPrefix?: number;
    /** Whether a grant may hold addresses from which no request reaches Okta, such as 10.0.0.1. @default false */
    readonly allowUnroutable?: boolean;
    /** How many known active grants may lose an address in one run: `10`, `50%` or `off`. @default "50%" */
    readonly maxRemovals?: string;
    /** Lets one run remove more than `maxRemovals`. @default false */
    readonly confirmRemovals?: boolean;
    /**
     * What may be done although it evicts users: `fewer-shards`; see `src/core/judging/allowed.ts`. @default nothing
     */
    readonly allow?: readonly string[];
}

export interface ZoneMembershipArgs extends MembershipRulesArgs {
    /** Ids of the zones that share the membership, in order. */
    readonly zoneIds: pulumi.Input<string>[];
    /**
     * Where the grants are, such as `{type: "file", path: "grants.yaml"}`; never with a secret in it.
     *
     * @default nowhere: the static gateways are all, and each of them has to find room
     */
    readonly source?: pulumi.Input<Record<string, string>>;
}

/**
 * Zones whose gateways are the grants that are active at the time of `pulumi up`.
 *
 * @example
 * new ZoneMembership("staff", { zoneIds: [zone.zoneId], source: { type: "file", path: "grants.yaml" } });
 */
export class ZoneMembership extends OktaResource {
    // `declare`, because an ES2022 field would hide what Pulumi puts here.
    /** By the id of each zone its entries, each with the grants that hold it and their ends. */
    declare readonly entries: pulumi.Output<Entries>;
    /** The whole list of each zone, in address order; unknown in the preview of a change, which `entries` shows in a line. */
    declare readonly gateways: pulumi.Output<string[][]>;
    declare private readonly written: pulumi.Output<true | undefined>;
    /** Active grants that are not in a zone, and why. */
    declare readonly refused: pulumi.Output<Refusal[]>;
    /** Entries of the grants document that were left out, and why. */
    declare readonly unusable: pulumi.Output<ReportedUnusable[]>;

    constructor(name: string, args: ZoneMembershipArgs, opts?: pulumi.CustomResourceOptions) {
        requireArgs("ZoneMembership", name, args, { zoneIds: "a list" });
        const resolved = { entries: undefined, refused: undefined, unusable: undefined, written: undefined };
        super("membership", "ZoneMembership", name, { ...resolved, ...args }, opts);
        const entries = this.entries as pulumi.Output<Entries | undefined>;
        // Mocks of a program's tests may know no entries.
        this.gateways = pulumi
            .all([args.zoneIds, entries, this.written])
            .apply(([ids, known = {}]) => gatewaysOf(known, ids));
    }
}
