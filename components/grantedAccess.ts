import * as pulumi from "@pulumi/pulumi";

import type { ReportedUnusable } from "../src/core/grants/grantsDocument";
import type { Refusal } from "../src/core/membership/plan";
import type { FirstLook, FirstLookArgs } from "../src/provider/firstLook";
import { after, lookBeforehand, plainly } from "./beforehand";
import { Existing, once } from "./existing";
import { inExpectedOrg } from "./expectedOrg";
import { GrantedZone, type GrantedZoneArgs } from "./grantedZone";
import { InZoneRule } from "./inZoneRule";
import { policyIdOf } from "./otherStack";

export interface GrantedAccessArgs extends GrantedZoneArgs {
    /** An existing authentication policy that gets the rule. @default one is created that denies everybody else */
    readonly policyId?: pulumi.Input<string>;
    /** Another stack, whose output `policyId` is that policy: `organization/policies/production`. */
    readonly policyStack?: string;
    /** The name of an existing authentication policy, instead of its id. */
    readonly policyName?: string;
    /** Ids of the apps to put on the created policy. @default none */
    readonly apps?: string[];
    /** `1FA` or `2FA`. @default "2FA" */
    readonly factorMode?: string;
    /** Okta's id of the only org that may be written, `00o…`. @default whichever org answers */
    readonly orgId?: string;
    /** How long a sign-in stays good, such as `PT0S` for no time at all. @default "PT2H" */
    readonly reauthenticateIn?: string;
}

/**
 * All of it: zones that hold the addresses of the grants, and the rule that
 * lets in whoever comes from there, and nobody else.
 *
 * @example
 * const staff = new GrantedAccess("staff", { zoneName: "Staff", source: { type: "file", path: "grants.yaml" } });
 * export const zoneIds = staff.zoneIds;
 */
export class GrantedAccess extends pulumi.ComponentResource {
    declare readonly zoneIds: pulumi.Output<string[]>;
    /** Whether what it names was found before anything was registered; then its parts need not look again. */
    declare readonly isLookedAt: boolean;
    declare readonly policyId: pulumi.Output<string>;
    declare readonly ruleId: pulumi.Output<string>;
    /** The whole list of each zone; empty with an agent, or a saved plan would be stale with the next grant. */
    declare readonly gateways: pulumi.Output<string[][]>;
    /** Active grants that are not inside, and why. */
    declare readonly refused: pulumi.Output<Refusal[]>;
    /** Entries of the grants document that were left out, and why. */
    declare readonly unusable: pulumi.Output<ReportedUnusable[]>;

    constructor(name: string, args: GrantedAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        const look = lookBeforehand(namedIn(args), { policyStack: args.policyStack, opts });
        super("zonekeeper:index:GrantedAccess", name, args, after(look, opts));
        const { policyId: id, policyStack, policyName, apps = [], orgId, ...others } = args;
        const { factorMode, reauthenticateIn, ...zoneArgs } = others;
        const policyId = policyStack === undefined ? id : (seenPolicy(look) ?? policyIdOf(policyStack, this));
        this.isLookedAt = look !== undefined;
        const zoneName = this.nameOnce(name, { ...args, ...(policyId !== undefined && { policyId }), apps });
        const protect = opts?.protect === undefined ? {} : { protect: opts.protect };
        const zone = new GrantedZone(name, { ...zoneArgs, zoneName }, { parent: this, ...protect });
        const rule = new InZoneRule(
            name,
            {
                zoneIds: zone.zoneIds,
                newPolicyName: zoneName,
                ...(look !== undefined && policyName !== undefined
                    ? defined({ policyId: seenPolicy(look) })
                    : defined({ policyId, policyName })),
                ...defined({ apps, factorMode, reauthenticateIn }),
                ...defined({ isProtected: args.isProtected, allow: args.allow }),
            },
            { parent: this, ...protect },
        );
        this.zoneIds = zone.zoneIds;
        this.policyId = rule.policyId;
        this.ruleId = rule.ruleId;
        this.gateways = zone.gateways;
        this.refused = zone.refused;
        this.unusable = zone.unusable;
        const { zoneIds, gateways, refused, unusable } = this;
        this.registerOutputs({ zoneIds, policyId: this.policyId, ruleId: this.ruleId, gateways, refused, unusable });
    }

    /** The zone's name, once the org is the expected one, and has what the stack names: nothing is written before. */
    private nameOnce(name: string, { zoneName, orgId, policyId, apps = [] }: GrantedAccessArgs): pulumi.Input<string> {
        const expected = orgId === undefined || this.isLookedAt ? zoneName : inExpectedOrg(orgId, zoneName, this);
        if (policyId === undefined && apps.length === 0) return expected;
        const existing = new Existing(name, { apps, ...(policyId !== undefined && { policyId }) }, { parent: this });
        return once(existing, expected);
    }
}

/** The policy that was looked at, which there is then. */
function seenPolicy(look: Promise<FirstLook> | undefined): Promise<string> | undefined {
    return look?.then(({ policyId }) => policyId ?? "");
}

/** What the arguments name that has to be there, as far as it is known before the deployment. */
function namedIn(args: GrantedAccessArgs): FirstLookArgs {
    const { orgId, policyName, apps, membership = "pulumi", selector, deny, widestPrefix } = args;
    const { maxRemovals, allowUnroutable } = args;
    return {
        ...{ orgId, policyName, apps, selector, deny, widestPrefix, maxRemovals, allowUnroutable },
        policyId: plainly(args.policyId),
        staticGateways: plainly(args.staticGateways),
        source: membership === "pulumi" ? plainly(args.source) : undefined,
    };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the fields that are undefined, for arguments where that is not the same as absent. */
function defined<T extends object>(fields: T): Defined<T> {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
