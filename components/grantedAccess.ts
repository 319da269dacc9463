import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import type { ReportedUnusable } from "../src/core/grants/grantsDocument";
import type { Refusal } from "../src/core/membership/plan";
import type { FirstLookArgs } from "../src/provider/firstLook";
import { after, type Look, lookBeforehand, namesOfShards, POLICY_SCOPES, plainly, ZONE_SCOPES } from "./beforehand";
import { Existing, once } from "./existing";
import { inExpectedOrg } from "./expectedOrg";
import { GrantedZone, type GrantedZoneArgs } from "./grantedZone";
import { InZoneRule } from "./inZoneRule";
import { policyIdOf } from "./otherStack";
import { refuse } from "./refuse";
import { requireArgs } from "./required";

export interface GrantedAccessArgs extends GrantedZoneArgs {
    /** An existing authentication policy that gets the rule. @default one is created that denies all other requests */
    readonly policyId?: pulumi.Input<string>;
    /** Another stack, whose output `policyId` is that policy: `organization/policies/production`. */
    readonly policyStack?: string;
    /** The name of an existing authentication policy, instead of its id. */
    readonly policyName?: string;
    /**
     * An existing rule of `policyId` that names the zones already, and is managed elsewhere: it stays as it is.
     *
     * @default the program makes one
     */
    readonly ruleId?: pulumi.Input<string>;
    /** Ids of the apps to put on the created policy. @default none */
    readonly apps?: string[];
    /** `1FA` or `2FA`. @default "2FA" */
    readonly factorMode?: string;
    /** Okta's id of the only org that may be written, `00o…`. @default any org */
    readonly orgId?: string;
    /**
     * Whether the rule requires the user as well as the address: a group is created, whose members an agent keeps equal
     * to the users with an active grant.
     *
     * @default false
     */
    readonly bindToUser?: boolean;
    /** How long a sign-in stays good, such as `PT0S` for no time at all. @default "PT2H" */
    readonly reauthenticateIn?: string;
}

const TYPE = "zonekeeper:index:GrantedAccess";

/**
 * The whole set-up: zones with the addresses of the grants, and the rule that
 * admits only requests from these zones.
 *
 * @example
 * const staff = new GrantedAccess("staff", { zoneName: "Staff", source: { type: "file", path: "grants.yaml" } });
 * export const zoneIds = staff.zoneIds;
 */
export class GrantedAccess extends pulumi.ComponentResource {
    declare readonly zoneIds: pulumi.Output<string[]>;
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly policyId: pulumi.Output<string>;
    declare readonly ruleId: pulumi.Output<string>;
    /** The group of `bindToUser`, for the setting `group` of the agent. */
    declare readonly groupId: pulumi.Output<string> | undefined;
    /** The whole list of each zone; empty with an agent, or a saved plan would be stale with the next grant. */
    declare readonly gateways: pulumi.Output<string[][]>;
    /** Active grants that are not in a zone, and why. */
    declare readonly refused: pulumi.Output<Refusal[]>;
    /** Entries of the grants document that were left out, and why. */
    declare readonly unusable: pulumi.Output<ReportedUnusable[]>;

    constructor(name: string, args: GrantedAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("GrantedAccess", name, args, { zoneName: "a text" });
        const look = lookBeforehand({ type: TYPE, name }, namedIn(args), { policyStack: args.policyStack, opts });
        super(TYPE, name, args, after(look, opts));
        const { policyId: id, policyStack, policyName, apps = [], orgId, ...others } = args;
        const { factorMode, reauthenticateIn, ruleId, bindToUser = false, ...zoneArgs } = others;
        if (ruleId !== undefined) refuseBesideRule(name, args);
        const policyId = policyStack === undefined ? id : (seenPolicy(look) ?? policyIdOf(policyStack, this));
        this.checkedOrgId = look?.orgId;
        const named = { ...args, ...(policyId !== undefined && { policyId }), apps };
        const zoneName = this.nameOnce(name, named, look?.seen !== undefined);
        const protect = opts?.protect === undefined ? {} : { protect: opts.protect };
        const zone = new GrantedZone(name, { ...zoneArgs, zoneName }, { parent: this, ...protect });
        const group = bindToUser ? this.group(name, args, zoneName) : undefined;
        const known = { policyId: pulumi.output(policyId ?? ""), ruleId: pulumi.output(ruleId ?? "") };
        const made = () =>
            new InZoneRule(
                name,
                {
                    zoneIds: zone.zoneIds,
                    newPolicyName: zoneName,
                    ...(group !== undefined && { groupIds: [group.id] }),
                    ...(look?.seen !== undefined && policyName !== undefined
                        ? defined({ policyId: seenPolicy(look) })
                        : defined({ policyId, policyName })),
                    ...defined({ apps, factorMode, reauthenticateIn }),
                    ...defined({ isProtected: args.isProtected, allow: args.allow }),
                },
                { parent: this, ...protect },
            );
        const rule = ruleId === undefined ? made() : known;
        this.zoneIds = zone.zoneIds;
        this.policyId = rule.policyId;
        this.ruleId = rule.ruleId;
        this.groupId = group?.id;
        this.gateways = zone.gateways;
        this.refused = zone.refused;
        this.unusable = zone.unusable;
        const { zoneIds, gateways, refused, unusable } = this;
        const own = { zoneIds, policyId: this.policyId, ruleId: this.ruleId, gateways, refused, unusable };
        this.registerOutputs({ ...own, ...(group !== undefined && { groupId: group.id }) });
    }

    /** Deleted with the rest: without the rule the group has no effect. */
    private group(name: string, { membership = "pulumi" }: GrantedAccessArgs, zoneName: pulumi.Input<string>) {
        if (membership !== "agent") {
            refuse(`${name}: bindToUser needs membership "agent": only an agent keeps the members of the group`);
        }
        const description = "Users with an active grant. Managed by the Zonekeeper agent: it removes all others.";
        return new okta.group.Group(name, { name: zoneName, description }, { parent: this });
    }

    /** The zone's name, once the org and what the stack names are checked: nothing is written before. */
    private nameOnce(name: string, args: GrantedAccessArgs, isOrgSeen: boolean): pulumi.Input<string> {
        const { zoneName, orgId, policyId, ruleId, apps = [] } = args;
        const expected = orgId === undefined || isOrgSeen ? zoneName : inExpectedOrg(orgId, zoneName, this);
        if (policyId === undefined && apps.length === 0) return expected;
        const existing = new Existing(name, { apps, ...defined({ policyId, ruleId }) }, { parent: this });
        return once(existing, expected);
    }
}

/** Refuses arguments for a new rule together with an existing one. */
function refuseBesideRule(name: string, args: GrantedAccessArgs): void {
    const { policyId, policyName, policyStack, apps = [], factorMode, reauthenticateIn } = args;
    if (policyId === undefined || policyName !== undefined || policyStack !== undefined) {
        refuse(`${name}: ruleId names a rule of policyId: give that id too, and no other way to name a policy`);
    }
    const bindToUser = args.bindToUser || undefined;
    const twice = Object.entries({
        ...{ apps: apps.length > 0 ? apps : undefined, factorMode, reauthenticateIn },
        bindToUser,
    });
    const [key] = twice.find(([, value]) => value !== undefined) ?? [];
    if (key !== undefined) refuse(`${name}: ${key} is for a rule that the program makes; leave it out, or ruleId`);
}

/** The policy that was checked. */
function seenPolicy(look: Look | undefined): Promise<string> | undefined {
    return look?.seen?.then(({ policyId }) => policyId ?? "");
}

/** The existing objects that the arguments name, as far as they are known before the deployment. */
function namedIn(args: GrantedAccessArgs): FirstLookArgs {
    const { orgId, policyName, apps, membership = "pulumi", selector, deny, widestPrefix } = args;
    const { maxRemovals, allowUnroutable } = args;
    return {
        ...{ orgId, policyName, apps, selector, deny, widestPrefix, maxRemovals, allowUnroutable },
        policyId: plainly(args.policyId),
        staticGateways: plainly(args.staticGateways),
        source: membership === "pulumi" ? plainly(args.source) : undefined,
        zoneNames: namesOfShards(plainly(args.zoneName), args.shards),
        scopes: scopesFor(args),
    };
}

function scopesFor({ ruleId, bindToUser = false, apps = [] }: GrantedAccessArgs): readonly string[] {
    return [
        ...ZONE_SCOPES,
        ...(apps.length > 0 ? ["okta.apps.manage"] : []),
        ...(ruleId === undefined ? POLICY_SCOPES : []),
        ...(bindToUser ? ["okta.groups.manage"] : []),
    ];
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the fields that are undefined, for arguments where that is not the same as absent. */
function defined<T extends object>(fields: T): Defined<T> {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
