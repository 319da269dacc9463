import type { dynamic } from "@pulumi/pulumi";

import { checkApp, checkRule, policyOfId } from "./named";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS } from "./outcome";
import { perOrg } from "./perOrg";
import { isUnknown, plain, sameState } from "./state";
import { connect, type World } from "./world";

/** Plain JSON, as Pulumi keeps it in the stack's state. */
export interface Existing {
    /** An authentication policy. */
    readonly policyId?: string;
    /** A rule of that policy. */
    readonly ruleId?: string;
    readonly apps: readonly string[];
}

export type ExistingProvider = Required<dynamic.ResourceProvider<Existing, Existing>>;

/**
 * Checks existing objects of Okta that a stack names, before anything of the stack is written: ids of another
 * kind, or of another org, would fail in the middle. The resource is nothing in Okta. An object that was found
 * once is not checked again.
 */
export function existingProvider(open: (config: dynamic.Config) => World): ExistingProvider {
    const { world, configure } = openOnce(open);
    return {
        configure,
        async check({ policyId, ruleId, apps = [] }, news) {
            if (Object.values(news).some(isUnknown)) return { inputs: news };
            return checkedInputs(async () => {
                const { policies } = world();
                const signal = AbortSignal.timeout(DEADLINE_MS);
                if (news.policyId !== undefined && news.policyId !== policyId) {
                    await policyOfId(policies, news.policyId, signal);
                }
                if (news.ruleId !== undefined && news.ruleId !== ruleId) {
                    await checkRule(policies, news.policyId ?? "", news.ruleId, signal);
                }
                for (const id of news.apps) if (!apps.includes(id)) await checkApp(policies, id, signal);
                return plain(news);
            });
        },
        diff: async (_id, olds, news) => ({ changes: !sameState(olds, news) }),
        create: async (existing) => ({ id: "existing", outs: existing }),
        read: async (id, props) => (props === undefined ? {} : { id, props, inputs: props }),
        update: async (_id, _olds, existing) => ({ outs: existing }),
        async delete() {},
    };
}

/** Loaded by ./entries.cjs. */
export const provider = perOrg(() => existingProvider(connect));
