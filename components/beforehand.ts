import * as pulumi from "@pulumi/pulumi";

import { sentenceOf } from "../src/core/errors/codes";
import { isCoded } from "../src/core/errors/errors";
import { type FirstLook, type FirstLookArgs, firstLook } from "../src/provider/firstLook";
import { namesOrg, ofOkta } from "./givenProvider";
import { policyIdOf } from "./otherStack";
import { sentenceError } from "./refuse";

/**
 * Checks what the arguments name before anything is registered, so that a deployment that cannot work fails with one
 * sentence and leaves nothing behind, in the state or in Okta. After a failure, the program ends, and the
 * promise is never settled: what waits for it is not registered.
 *
 * @param policyStack Another stack, whose output `policyId` is checked too.
 * @returns undefined outside a run of Pulumi, such as in unit tests with mocks, and if an okta.Provider is given: then
 * the org is not that of the stack's configuration
 * @throws a RunError for a provider of another package
 */
export function lookBeforehand(
    args: FirstLookArgs,
    { policyStack, opts }: { readonly policyStack?: string | undefined; readonly opts: Options },
): Promise<FirstLook> | undefined {
    const isOwnOrg = namesOrg(ofOkta(opts));
    const isRun = process.env.PULUMI_NODEJS_MONITOR !== undefined;
    // A component around it may have been given the provider.
    if (!isRun || isOwnOrg || opts?.parent?.getProvider("okta:network/zone:Zone") !== undefined) return undefined;
    const config = { get: (key: string) => pulumi.runtime.getConfig(key) };
    const look = async (policyId: string | undefined) =>
        firstLook(config, policyId === undefined ? args : { ...args, policyId }, zonesOfThisStack);
    return new Promise((resolve) => {
        const start = (policyId: string | undefined) =>
            look(policyId).then(resolve, (error) => setImmediate(() => endWith(error)));
        if (policyStack === undefined) void start(undefined);
        else policyIdOf(policyStack, opts?.parent).apply((policyId) => void start(policyId));
    });
}

/**
 * Ids and names of the zones in the state as it is before this run, which the engine reads; undefined where it cannot.
 * The state may know an imported zone by its name alone.
 */
async function zonesOfThisStack(): Promise<readonly string[] | undefined> {
    const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    try {
        const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
        return Object.values(outputs as Record<string, StoredResource>)
            .flatMap(textsOfZone)
            .filter(isText);
    } catch {
        return undefined;
    }
}

interface StoredResource {
    readonly type?: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

function textsOfZone({ type = "", outputs = {} }: StoredResource): readonly unknown[] {
    return [outputs.zoneId, ...(type === "okta:network/zone:Zone" ? [outputs.id, outputs.name] : [])];
}

function isText(value: unknown): value is string {
    return typeof value === "string";
}

type Options = pulumi.ComponentResourceOptions | undefined;

/**
 * The scopes of an OAuth app for declaring zones, and policies. Source: Okta's reference, which lists one scope for
 * each call.
 */
export const ZONE_SCOPES = ["okta.networkZones.read", "okta.networkZones.manage"];
export const POLICY_SCOPES = ["okta.policies.read", "okta.policies.manage"];

/** Marks a component that ran the checks before it was registered, so that its children do not repeat them. */
export interface LookedAt {
    readonly isLookedAt: boolean;
}

/** Whether the parent component has run the checks already. */
export function isPartOfLook(opts: Options): boolean {
    return (opts?.parent as Partial<LookedAt> | undefined)?.isLookedAt === true;
}

/** The checks of a component that declares zones. @returns undefined if the parent component has run them */
export function lookForZones(
    zoneName: pulumi.Input<string>,
    opts: Options,
    shards?: number,
): Promise<FirstLook> | undefined {
    if (isPartOfLook(opts)) return undefined;
    const zoneNames = namesOfShards(plainly(zoneName), shards);
    return lookBeforehand({ zoneNames, scopes: ZONE_SCOPES, needsIdentityEngine: false }, { opts });
}

/** The zone names of GrantedZone; empty if the name is not known yet. */
export function namesOfShards(zoneName: string | undefined, shards = 1): readonly string[] {
    if (zoneName === undefined || !Number.isInteger(shards)) return [];
    return Array.from({ length: shards }, (_, index) => (index === 0 ? zoneName : `${zoneName} ${index + 1}`));
}

/** The options of a component that is registered after the checks, as are its children. */
export function after(look: Promise<unknown> | undefined, opts: Options): Options {
    if (look === undefined) return opts;
    const dependsOn = look.then(() => opts?.dependsOn ?? []);
    return { ...opts, dependsOn: dependsOn as Promise<pulumi.Resource[]> };
}

/** Ends the program. */
function endWith(error: unknown): never {
    throw isCoded(error) ? sentenceError(sentenceOf(error)) : error;
}

/** The value if it is a plain value or promise, and not an output of a resource. */
export function plainly<T>(value: pulumi.Input<T> | undefined): T | undefined {
    const isLater = pulumi.Output.isInstance(value) || value instanceof Promise;
    return isLater ? undefined : (value as T | undefined);
}
