import type { CodeName } from "../core/errors/codeTable";
import { parseRules, type RulesText } from "../core/membership/rules";
import { checkApp, policyOfId, policyOfName } from "./named";
import { DEADLINE_MS } from "./outcome";
import { connect, type World } from "./world";

/** What a program names that is there already, as plain values. */
export interface FirstLookArgs extends RulesText {
    /** Okta's id of the only org that may be written. @default whichever org answers */
    readonly orgId?: string | undefined;
    readonly policyId?: string | undefined;
    readonly policyName?: string | undefined;
    /** Ids of apps. @default none */
    readonly apps?: readonly string[] | undefined;
    /** Whether the program makes a policy or a rule for apps, which Classic Engine has not. @default true */
    readonly needsIdentityEngine?: boolean;
    /** As `parseSourceSpec` takes it. @default none is read */
    readonly source?: unknown;
}

export interface FirstLook {
    /** Of the authentication policy that the program names. */
    readonly policyId?: string;
}

/** The configuration of the stack, by full key such as `okta:orgName`. */
export type StackConfig = Parameters<typeof connect>[0];

/**
 * Looks at everything that is there before a program declares anything: the credential, the org that answers, the
 * policy and the apps that are named, and the grants. Found missing later, they would leave half of a stack behind.
 * Nothing is written.
 *
 * @throws `bad-input`, `org-mixed-up`, `org-classic`, `source-unreadable`, `okta-*`
 */
export async function firstLook(config: StackConfig, args: FirstLookArgs): Promise<FirstLook> {
    return lookFirst(connect(config), args);
}

/** As `firstLook`, at a world. */
export async function lookFirst(world: World, args: FirstLookArgs): Promise<FirstLook> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    await checkOrg(world, args, signal);
    const [policyId] = await Promise.all([lookAtOkta(world, args, signal), readSource(world, args, signal)]);
    return policyId === undefined ? {} : { policyId };
}

async function checkOrg(world: World, args: FirstLookArgs, signal: AbortSignal): Promise<void> {
    const { orgId, needsIdentityEngine = true } = args;
    const { id, pipeline } = await world.readOrg(signal);
    if (orgId !== undefined && id !== orgId) {
        const remedy = "check okta:orgName, okta:baseUrl and the OKTA_* variables, or zonekeeper:orgId";
        refuseOrg("org-mixed-up", `the Okta org that answers is ${id}, but this stack is for ${orgId}: ${remedy}`);
    }
    if (needsIdentityEngine && pipeline === "v1") {
        refuseOrg(
            "org-classic",
            `the Okta org ${id} is on Classic Engine, which has no authentication policies for apps`,
        );
    }
}

function refuseOrg(code: CodeName, message: string): never {
    throw Object.assign(new Error(message), { code });
}

/** At least one request carries the credential, so that a wrong one is found here. */
async function lookAtOkta({ policies, tryCredential }: World, args: FirstLookArgs, signal: AbortSignal) {
    const { policyId, policyName, apps = [] } = args;
    const isNamed = policyId !== undefined || policyName !== undefined || apps.length > 0;
    if (!isNamed) await tryCredential(signal);
    const policy =
        policyId !== undefined
            ? await policyOfId(policies, policyId, signal)
            : policyName !== undefined
              ? await policyOfName(policies, policyName, signal)
              : undefined;
    for (const id of apps) await checkApp(policies, id, signal);
    return policy?.id;
}

async function readSource({ openSource }: World, { source, ...texts }: FirstLookArgs, signal: AbortSignal) {
    const { widestPrefix, allowUnroutable } = parseRules(texts);
    if (source === undefined) return;
    const grants = openSource(source, { widestPrefix, allowUnroutable });
    await grants.read(signal).finally(() => grants.close?.());
}
