import type { dynamic } from "@pulumi/pulumi";

import { fail, hasCode } from "../core/errors/errors";
import type { Policies } from "../okta/policies";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS } from "./outcome";
import { perOrg } from "./perOrg";
import { isUnknown, plain, sameState } from "./state";
import { connect, type World } from "./world";

/** Plain JSON, as Pulumi keeps it in the stack's state. */
export interface Existing {
    /** An authentication policy. */
    readonly policyId?: string;
    readonly apps: readonly string[];
}

export type ExistingProvider = Required<dynamic.ResourceProvider<Existing, Existing>>;

/**
 * Looks at things of Okta's that a stack names and that others made, before anything of the stack is
 * written: ids of another kind, or of another org, would fail in the middle. It is nothing in Okta.
 * What was there once is not asked for again.
 */
export function existingProvider(open: (config: dynamic.Config) => World): ExistingProvider {
    const { world, configure } = openOnce(open);
    return {
        configure,
        async check({ policyId, apps = [] }, news) {
            if (Object.values(news).some(isUnknown)) return { inputs: news };
            return checkedInputs(async () => {
                const { policies } = world();
                const signal = AbortSignal.timeout(DEADLINE_MS);
                if (news.policyId !== undefined && news.policyId !== policyId) {
                    await checkPolicy(policies, news.policyId, signal);
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

async function checkPolicy(policies: Policies, id: string, signal: AbortSignal): Promise<void> {
    const { name, type } = await found(policies.readPolicy(id, signal), `policy ${id}`, "zonekeeper:policyId");
    if (type === "ACCESS_POLICY") return;
    fail(
        "bad-input",
        `policy "${name}" (${id}) is of type ${type}: zonekeeper:policyId names an authentication policy, of type ACCESS_POLICY`,
    );
}

async function checkApp(policies: Policies, id: string, signal: AbortSignal): Promise<void> {
    await found(policies.readApp(id, signal), `app ${id}`, "zonekeeper:apps");
}

async function found<T>(call: Promise<T>, what: string, setting: string): Promise<T> {
    try {
        return await call;
    } catch (error) {
        if (!hasCode(error, "okta-refused") || !error.message.includes(": 404 ")) throw error;
        return fail("bad-input", `the org has no ${what}: check ${setting}, and that the credential is of that org`);
    }
}

/** What ./entries.cjs opens. */
export const provider = perOrg(() => existingProvider(connect));
