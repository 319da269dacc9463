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
        const { __name: name } = org as unknown as { readonly __name?: string };
        transformFromNow(async ({ type, name: registered, props }) => {
            if (type !== "pulumi:providers:okta" || registered !== name) return undefined;
            isHeld = true;
            pulumi.output(props).apply((known) => resolve(settingsIn(known)));
            await isReleased;
            isHeld = false;
            return undefined;
        });
    });
    return { settings, isHeld: () => isHeld, release };
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
