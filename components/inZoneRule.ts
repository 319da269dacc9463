import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import { after, type Look, lookBeforehand, orgIdAround, POLICY_SCOPES, plainly } from "./beforehand";
import { DeletionGuard, type DeletionGuardArgs } from "./guards";
import { refuse } from "./refuse";
import { requireArgs } from "./required";

export interface InZoneRuleArgs {
    /** Ids of the zones: a request from inside any of them is admitted. */
    readonly zoneIds: pulumi.Input<pulumi.Input<string>[]>;

    /**
     * Ids of groups: a request has to come from a member of one of them as well. For an authentication policy.
     *
     * @default every user inside a zone is admitted
     */
    readonly groupIds?: pulumi.Input<pulumi.Input<string>[]>;

    /** An existing policy that gets the rule. Its other rules decide about all other requests. */
    readonly policyId?: pulumi.Input<string>;

    /** The name of an existing authentication policy, instead of its id. */
    readonly policyName?: string;

    /**
     * The name of the authentication policy to create where none is given. Its catch-all rule denies.
     *
     * @default the component's own name
     */
    readonly newPolicyName?: pulumi.Input<string>;

    /** Ids of the apps to put on the created policy. @default none */
    readonly apps?: string[];

    /**
     * The kind of policy: `authentication` protects apps, each time one is opened;
     * `session` is the global session policy, evaluated only when an Okta session begins.
     *
     * @default "authentication"
     */
    readonly kind?: string;

    /** The rule's name, unique within its policy. @default "In zone" */
    readonly ruleName?: string;

    /** The rule's place among the policy's rules; Okta tries the lowest first. @default 1 */
    readonly priority?: number;

    /** `1FA` or `2FA`; for an authentication policy. @default "2FA" */
    readonly factorMode?: string;

    /**
     * How long a sign-in to an app is valid, as an ISO 8601 duration: with `PT0S` the user signs in
     * every time, and the address is checked every time. For an authentication policy.
     *
     * @default "PT2H"
     */
    readonly reauthenticateIn?: string;

    /** Whether Pulumi refuses to delete or replace a created policy. @default true, except in the stack `dev` */
    readonly isProtected?: boolean;

    /** What is allowed for a protected policy and rule: names in `src/core/judging/allowed.ts`. @default nothing */
    readonly allow?: readonly string[];
}

const TYPE = "zonekeeper:index:InZoneRule";

/**
 * A rule that allows sign-in from inside the zones, in an existing policy or in one
 * that is created for it and denies all other requests.
 *
 * Removing a created policy moves its apps to the org's default policy, which
 * usually admits everyone.
 *
 * @example
 * const rule = new InZoneRule("staff", { zoneIds: staff.zoneIds, apps: ["0oa1example"] });
 */
export class InZoneRule extends pulumi.ComponentResource {
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly policyId: pulumi.Output<string>;
    declare readonly ruleId: pulumi.Output<string>;

    constructor(name: string, args: InZoneRuleArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("InZoneRule", name, args, { zoneIds: "a list" });
        const look = lookFor(name, args, opts);
        super(TYPE, name, args, after(look, opts));
        this.checkedOrgId = look?.orgId ?? orgIdAround(opts);
        const { kind = "authentication" } = args;
        if (kind !== "authentication" && kind !== "session") {
            refuse(`${name}: the kind of a policy is authentication or session, not "${kind}"`);
        }
        if (kind === "session" && args.groupIds !== undefined) {
            refuse(`${name}: groupIds are for a rule of an authentication policy; leave them out, or the kind`);
        }
        this.policyId = this.choosePolicy(name, args, opts, look);
        const rule = kind === "session" ? this.sessionRule(name, args) : this.appRule(name, args);
        this.ruleId = rule.id;
        const assignments = (args.apps ?? []).map((appId) => {
            // Only after the rule: until then the new policy denies every request.
            const options = { parent: this, dependsOn: [rule] };
            return new okta.app.AccessPolicyAssignment(`${name}-${appId}`, { appId, policyId: this.policyId }, options);
        });
        // Depends on all of them, and so is deleted first.
        new DeletionGuard(name, this.deletionGuard(name, args, opts), {
            parent: this,
            dependsOn: [rule, ...assignments],
        });
        this.registerOutputs({ policyId: this.policyId, ruleId: this.ruleId });
    }

    private choosePolicy(
        name: string,
        args: InZoneRuleArgs,
        opts: pulumi.ComponentResourceOptions | undefined,
        look: Look | undefined,
    ) {
        const { policyId, policyName, newPolicyName = name, apps = [], kind } = args;
        if (policyId !== undefined && policyName !== undefined) {
            refuse(`${name}: policyId and policyName name a policy each; keep one of them`);
        }
        const exists = policyId !== undefined || policyName !== undefined;
        if (exists && apps.length > 0) {
            refuse(`${name}: apps are put on a created policy only; leave out apps, or the policy`);
        }
        if (policyId !== undefined) return pulumi.output(policyId);
        if (kind === "session") {
            refuse(`${name}: a rule of the global session policy needs the policyId of that policy`);
        }
        if (policyName !== undefined) {
            if (look?.seen !== undefined) return pulumi.output(look.seen.then((seen) => seen.policyId ?? ""));
            const found = okta.policy.getPolicyOutput({ name: policyName, type: "ACCESS_POLICY" }, { parent: this });
            return found.id;
        }
        const description = "Lets in who is inside the granted network zone, and nobody else. Managed by Zonekeeper.";
        return new okta.AppSignonPolicy(
            name,
            { name: newPolicyName, description, catchAll: false },
            { parent: this, protect: isProtected(args, opts) },
        ).id;
    }

    private deletionGuard(
        name: string,
        args: InZoneRuleArgs,
        opts?: pulumi.ComponentResourceOptions,
    ): DeletionGuardArgs {
        const { policyId, policyName, newPolicyName = name, apps = [], ruleName = "In zone", allow = [] } = args;
        const isGuarded = isProtected(args, opts);
        const rule = pulumi.interpolate`deleting the rule "${ruleName}" puts out everybody whom it lets in`;
        if (policyId !== undefined || policyName !== undefined) return { says: rule, isGuarded, allow };
        const whose = apps.length === 0 ? "the apps that are on it" : `its apps ${apps.join(", ")}`;
        const opens = pulumi.interpolate`deleting the policy "${newPolicyName}" puts ${whose} on the org's default policy, which usually lets everybody in`;
        return { says: opens, isGuarded, allow };
    }

    private appRule(name: string, args: InZoneRuleArgs) {
        return new okta.AppSignonPolicyRule(
            name,
            {
                ...inZone(args),
                ...(args.groupIds !== undefined && { groupsIncluded: args.groupIds }),
                policyId: this.policyId,
                factorMode: args.factorMode ?? "2FA",
                reAuthenticationFrequency: args.reauthenticateIn ?? "PT2H",
            },
            { parent: this },
        );
    }

    private sessionRule(name: string, args: InZoneRuleArgs) {
        return new okta.policy.RuleSignon(name, { ...inZone(args), policyId: this.policyId }, { parent: this });
    }
}

/** Checks what it names before it is registered, unless a parent component has done so. */
function lookFor(name: string, args: InZoneRuleArgs, opts?: pulumi.ComponentResourceOptions): Look | undefined {
    if (orgIdAround(opts) !== undefined) return undefined;
    const [policyId, { policyName, apps = [], kind = "authentication" }] = [plainly(args.policyId), args];
    const forApps = kind === "authentication";
    const named = forApps ? { policyId, policyName, apps } : {};
    return lookBeforehand(
        { type: TYPE, name },
        { ...named, scopes: POLICY_SCOPES, needsIdentityEngine: forApps },
        { opts },
    );
}

function isProtected(args: InZoneRuleArgs, opts?: pulumi.ComponentResourceOptions): boolean {
    return opts?.protect ?? args.isProtected ?? pulumi.getStack() !== "dev";
}

/** The common part of both kinds of rule. */
function inZone({ zoneIds, ruleName = "In zone", priority = 1 }: InZoneRuleArgs) {
    return { name: ruleName, priority, access: "ALLOW", networkConnection: "ZONE", networkIncludes: zoneIds };
}
