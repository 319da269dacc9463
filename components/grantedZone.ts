import * as pulumi from "@pulumi/pulumi";

import type { ReportedUnusable } from "../src/core/grants/grantsDocument";
import type { Refusal } from "../src/core/membership/plan";
import { after, lookForZones, orgIdAround } from "./beforehand";
import { ZoneShards } from "./guards";
import { IpZone } from "./ipZone";
import { refuse } from "./refuse";
import { requireArgs } from "./required";
import { type MembershipRulesArgs, ZoneMembership } from "./zoneMembership";

export interface GrantedZoneArgs extends MembershipRulesArgs {
    /** Name of the first zone in Okta; the others get ` 2`, ` 3` and so on. */
    readonly zoneName: pulumi.Input<string>;

    /** How many zones share the membership: each has room for 150 entries. @default 1 */
    readonly shards?: number;

    /** Where the grants are; not needed with an agent, nor for static gateways alone. */
    readonly source?: pulumi.Input<Record<string, string>>;

    /**
     * What writes the gateways: `pulumi`, at each `pulumi up`, or `agent`, a separate process.
     *
     * @default "pulumi"
     */
    readonly membership?: string;

    /** Trusted proxies, the same in every zone, as Okta evaluates each zone alone. @default none */
    readonly proxies?: pulumi.Input<pulumi.Input<string>[]>;

    /** Whether Pulumi refuses to delete or replace the zones. @default true, except in the stack `dev` */
    readonly isProtected?: boolean;
}

const TYPE = "zonekeeper:index:GrantedZone";

/**
 * One or more zones, and their common membership: the addresses of the grants.
 *
 * @example
 * const staff = new GrantedZone("staff", { zoneName: "Staff", source: { type: "file", path: "grants.yaml" } });
 */
export class GrantedZone extends pulumi.ComponentResource {
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly zoneIds: pulumi.Output<string[]>;
    /** The whole list of each zone; empty with an agent, or a saved plan would be stale with the next grant. */
    declare readonly gateways: pulumi.Output<string[][]>;
    /** Active grants that are not in a zone, and why; empty with an agent. */
    declare readonly refused: pulumi.Output<Refusal[]>;
    /** Entries of the grants document that were left out, and why; empty with an agent. */
    declare readonly unusable: pulumi.Output<ReportedUnusable[]>;

    constructor(name: string, args: GrantedZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("GrantedZone", name, args, { zoneName: "a text" });
        const look = lookForZones({ type: TYPE, name }, args, opts);
        super(TYPE, name, args, after(look, opts));
        this.checkedOrgId = look?.orgId ?? orgIdAround(opts);
        refuseNonsense(name, args);
        const { zoneName, shards = 1, source, membership = "pulumi", proxies, isProtected, ...rules } = args;
        const { allow = [] } = rules;
        const zones = shardNames(name, zoneName, shards).map(
            ([child, shardName]) =>
                new IpZone(
                    child,
                    {
                        zoneName: shardName,
                        ...(proxies && { proxies }),
                        ...(isProtected !== undefined && { isProtected }),
                        allow,
                    },
                    { parent: this, ...(opts?.protect !== undefined && { protect: opts.protect }) },
                ),
        );
        const zoneIds = zones.map((zone) => zone.zoneId);
        this.zoneIds = pulumi.all(zoneIds);
        this.gateways = pulumi.output([]);
        this.refused = pulumi.output([]);
        this.unusable = pulumi.output([]);
        if (membership === "pulumi") {
            const [first] = zones;
            const kept = new ZoneMembership(
                name,
                { ...rules, zoneIds, ...(source && { source }) },
                // Handing the zones over to an agent removes this resource, which must not remove entries.
                { parent: this, dependsOn: zones, retainOnDelete: true, ...(first && { deletedWith: first.zone }) },
            );
            // What uses the ids comes after the membership, which moves entries before a shard is removed.
            this.zoneIds = pulumi.all([zoneIds, kept.urn]).apply(([ids]) => ids);
            this.gateways = kept.gateways;
            this.refused = kept.refused;
            this.unusable = kept.unusable;
        } else {
            const { urn } = new ZoneShards(name, { zoneIds, allow }, { parent: this });
            // What uses the ids leaves out no shard before its entries were checked.
            this.zoneIds = pulumi.all([zoneIds, urn]).apply(([ids]) => ids);
        }
        const { gateways, refused, unusable } = this;
        this.registerOutputs({ zoneIds: this.zoneIds, gateways, refused, unusable });
    }
}

/** Refuses wrong values that the types permit: a program may pass on user input. */
function refuseNonsense(name: string, args: GrantedZoneArgs): void {
    const { shards = 1, source, membership = "pulumi", staticGateways } = args;
    if (membership !== "pulumi" && membership !== "agent") {
        refuse(`${name}: the membership is kept by pulumi or agent, not "${membership}"`);
    }
    if (membership === "pulumi" && source === undefined && staticGateways === undefined) {
        refuse(`${name}: a membership kept by Pulumi needs a source of grants`);
    }
    if (!Number.isInteger(shards) || shards < 1) {
        refuse(`${name}: the number of shards is a whole number from 1, not ${shards}`);
    }
}

/** A child's name is its identity in the state: the first shard never changes its own when others come. */
function shardNames(name: string, zoneName: pulumi.Input<string>, shards: number) {
    return Array.from({ length: shards }, (_, index): [child: string, zoneName: pulumi.Input<string>] =>
        index === 0 ? [name, zoneName] : [`${name}-${index + 1}`, pulumi.interpolate`${zoneName} ${index + 1}`],
    );
}
