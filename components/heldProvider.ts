import type * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import { type KnownSettings, settingsIn } from "./orgSettings";

export interface HeldProvider {
    /** Never settled where the registration cannot be held. */
    readonly settings: Promise<KnownSettings>;
    /** Whether the registration waits. */
    isHeld(): boolean;
    release(): void;
}

/**
 * Holds the registration of a provider until its settings were checked, if it has not been sent yet. In an update the engine
 * stores a provider when it is registered, and the next refresh uses what is stored: with another org, it would find
 * everything deleted.
 */
export function holdProvider(org: okta.Provider): HeldProvider {
    let isHeld = false;
    let release = () => {};
    const isReleased = new Promise<void>((resolve) => {
        release = resolve;
    });
    const settings = new Promise<KnownSettings>((resolve) => {
        const isOrg = sameProvider(org);
        transformFromNow(async (registered) => {
            if (!(await isOrg(registered))) return undefined;
            isHeld = true;
            pulumi.output(registered.props).apply((known) => resolve(settingsIn(known)));
            await isReleased;
            isHeld = false;
            return undefined;
        });
    });
    return { settings, isHeld: () => isHeld, release };
}

/**
 * Tells a provider by what its URN is made of, since it has none before it is registered: providers of several components
 * may have the same name, and another org.
 */
function sameProvider(org: okta.Provider): (registered: pulumi.ResourceTransformArgs) => Promise<boolean> {
    const { __name: name, __parentResource: parent } = org as unknown as Internals;
    // Known when the provider is registered. To wait for it could hold another provider of that name, on which it depends.
    let parentUrn: string | undefined;
    void urnOf(parent).then((urn) => {
        parentUrn = urn;
    });
    return async ({ type, name: registered, opts }) => {
        if (type !== "pulumi:providers:okta" || registered !== name) return false;
        return (await urnOf(opts.parent)) === parentUrn;
    };
}

async function urnOf(resource: pulumi.Resource | undefined): Promise<string | undefined> {
    return resource && new Promise((resolve) => void resource.urn.apply(resolve));
}

interface Internals {
    readonly __name?: string;
    readonly __parentResource?: pulumi.Resource;
}

/** A preview stores nothing, and may not know the properties. */
function transformFromNow(transform: pulumi.ResourceTransform): void {
    if (pulumi.runtime.isDryRun()) return;
    try {
        pulumi.runtime.registerResourceTransform(transform);
    } catch {
        // An engine without transforms.
    }
}
