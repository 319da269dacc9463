import { type PolicyPack, startPolicyPack } from "../../scripts/deploy/policyPack";

/** Starts the policy pack at the first deployment of a stack and asks the same process at all of its others. */
export interface KeptPolicyPack extends AsyncDisposable {
    /** As startPolicyPack; the options are those of the first call. What it gives is ended with this, not by its caller. */
    readonly start: typeof startPolicyPack;
}

/** A policy pack keeps nothing from one question to the next, and takes two seconds of a processor to start. */
export function keptPolicyPack(): KeptPolicyPack {
    let started: Promise<PolicyPack> | undefined;
    return {
        async start(options) {
            started ??= startPolicyPack(options);
            return { ...(await started), async [Symbol.asyncDispose]() {} };
        },
        async [Symbol.asyncDispose]() {
            await (await started?.catch(() => undefined))?.[Symbol.asyncDispose]();
        },
    };
}
