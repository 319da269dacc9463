import type * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import { sentenceOf } from "../src/core/errors/codes";
import { isCoded } from "../src/core/errors/errors";
import { type FirstLook, type FirstLookArgs, firstLook, type StackState } from "../src/provider/firstLook";
import { orgConfig } from "../src/provider/orgConfig";
import { givenOrg, ofOkta } from "./givenProvider";
import { holdProvider } from "./heldProvider";
import { requireListed } from "./listed";
import { registeredSettings } from "./orgSettings";
import { policyIdOf } from "./otherStack";
import { sentenceError } from "./refuse";
import { type Coming, stackStateOf } from "./stackState";

/** The checks of a component that run before it is registered. */
export interface Look {
    /** Okta's id of the org; undefined if a preview does not know the settings of the okta.Provider yet. */
    readonly orgId: Promise<string | undefined>;
    /** What the arguments name; undefined if an okta.Provider is given, whose settings a preview may not know. */
    readonly seen: Promise<FirstLook> | undefined;
}

/**
 * Checks what the arguments name before anything is registered, so that a deployment that cannot work fails with one
 * sentence and leaves nothing behind, in the state or in Okta. That also refuses an org other than the one in which the
 * component was made. After a failure, the program ends, and the promises are never settled: what waits for them is not
 * registered.
 *
 * @param policyStack Another stack, whose output `policyId` is checked too.
 * @returns undefined outside a run of Pulumi, such as in unit tests with mocks
 * @throws a RunError for a provider of another package
 */
export function lookBeforehand(
    coming: Coming,
    args: FirstLookArgs,
    { policyStack, opts }: { readonly policyStack?: string | undefined; readonly opts: Options },
): Look | undefined {
    const org = givenOrg(ofOkta(opts));
    if (process.env.PULUMI_NODEJS_MONITOR === undefined) return undefined;
    requireListed();
    const state = stackStateOf(coming, opts?.parent);
    if (org !== undefined) return { seen: undefined, orgId: orEnd(lookAtGiven(org, args, state)) };
    const config = { get: (key: string) => pulumi.runtime.getConfig(key) };
    const look = async () => {
        const policyId = policyStack === undefined ? undefined : await known(policyIdOf(policyStack, opts?.parent));
        return firstLook(config, policyId === undefined ? args : { ...args, policyId }, state);
    };
    const seen = orEnd(look());
    return { seen, orgId: seen.then(({ orgId }) => orgId) };
}

/** A provider that was registered before, such as in an earlier turn of the event loop, is only read. */
async function lookAtGiven(org: okta.Provider, args: FirstLookArgs, state: StackState): Promise<string | undefined> {
    const hold = holdProvider(org);
    try {
        const settings = await Promise.race([hold.settings, registeredSettings(org)]);
        // A declared provider does not show its scopes.
        const { scopes: _, ...others } = args;
        return settings && (await firstLook(orgConfig(settings), others, state)).orgId;
    } catch (error) {
        if (hold.isHeld()) await endWhileHeld(error);
        throw error;
    } finally {
        hold.release();
    }
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => void output.apply(resolve as (value: unknown) => void));
}

/** Ends the program if the work fails; then the promise is never settled. */
function orEnd<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve) => {
        work.then(resolve, (error) => setImmediate(() => endWith(error)));
    });
}

type Options = pulumi.ComponentResourceOptions | undefined;

/**
 * The scopes of an OAuth app for declaring zones, and policies. Source: Okta's reference, which lists one scope for
 * each call.
 */
export const ZONE_SCOPES = ["okta.networkZones.read", "okta.networkZones.manage"];
export const POLICY_SCOPES = ["okta.policies.read", "okta.policies.manage"];

/** A component that ran the checks before it was registered, so that its children do not repeat them. */
export interface Checked {
    /** Okta's id of the org that the checks found; undefined without checks, as in unit tests with mocks. */
    readonly checkedOrgId: Promise<string | undefined> | undefined;
}

/** The org that the checks of the parent component found; undefined if it has run none. */
export function orgIdAround(opts: Options): Checked["checkedOrgId"] {
    if (hasOwnProvider(opts)) return undefined;
    return (opts?.parent as Partial<Checked> | undefined)?.checkedOrgId;
}

function hasOwnProvider(opts: Options): boolean {
    return opts?.provider !== undefined || opts?.providers !== undefined;
}

/** The checks of a component that declares zones. @returns undefined if the parent component has run them */
export function lookForZones(
    coming: Coming,
    args: { readonly zoneName?: pulumi.Input<string>; readonly shards?: number | undefined },
    opts: Options,
): Look | undefined {
    if (orgIdAround(opts) !== undefined) return undefined;
    const zoneNames = namesOfShards(plainly(args.zoneName), args.shards);
    return lookBeforehand(coming, { zoneNames, scopes: ZONE_SCOPES, needsIdentityEngine: false }, { opts });
}

/** The zone names of GrantedZone; empty if the name is not known yet. */
export function namesOfShards(zoneName: string | undefined, shards = 1): readonly string[] {
    if (zoneName === undefined || !Number.isInteger(shards)) return [];
    return Array.from({ length: shards }, (_, index) => (index === 0 ? zoneName : `${zoneName} ${index + 1}`));
}

/** The options of a component that is registered after the checks, as are its children. */
export function after(look: Look | undefined, opts: Options): Options {
    if (look === undefined) return opts;
    const dependsOn = look.orgId.then(() => opts?.dependsOn ?? []);
    return { ...opts, dependsOn: dependsOn as Promise<pulumi.Resource[]> };
}

/** Ends the program, which fails with the same sentence once only, however many components it concerns. */
function endWith(error: unknown): void {
    const sentence = newSentence(error);
    if (sentence !== undefined) throw sentenceError(sentence);
}

/** Ends the program with the exit status that means to Pulumi that the user has been told: a held registration would keep it alive. */
async function endWhileHeld(error: unknown): Promise<never> {
    const sentence = newSentence(error);
    if (sentence !== undefined) {
        await pulumi.log.error(sentence);
        process.exit(32);
    }
    return new Promise(() => {});
}

/** @throws an error without a code, which is a bug */
function newSentence(error: unknown): string | undefined {
    if (!isCoded(error)) throw error;
    const sentence = sentenceOf(error);
    const isNew = !said.has(sentence);
    said.add(sentence);
    return isNew ? sentence : undefined;
}

const said = new Set<string>();

/** The value if it is a plain value or promise, and not an output of a resource. */
export function plainly<T>(value: pulumi.Input<T> | undefined): T | undefined {
    const isLater = pulumi.Output.isInstance(value) || value instanceof Promise;
    return isLater ? undefined : (value as T | undefined);
}
