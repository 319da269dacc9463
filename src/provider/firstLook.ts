import type { CodeName } from "../core/errors/codeTable";
import { quote } from "../core/errors/quote";
import { missingRight } from "../core/judging/rights";
import { parseRules, type RulesText } from "../core/membership/rules";
import { checkSameOrg } from "./madeIn";
import { checkApp, policyOfId, policyOfName } from "./named";
import { DEADLINE_MS } from "./outcome";
import { connect, type World } from "./world";

/** The existing objects that a program names, as plain values. */
export interface FirstLookArgs extends RulesText {
    /** Okta's id of the only org that may be written. @default any org */
    readonly orgId?: string | undefined;
    readonly policyId?: string | undefined;
    readonly policyName?: string | undefined;
    /** Ids of apps. @default none */
    readonly apps?: readonly string[] | undefined;
    /** Whether the program creates a policy or a rule for apps, which Classic Engine does not have. @default true */
    readonly needsIdentityEngine?: boolean;
    /** As `parseSourceSpec` takes it. @default none is read */
    readonly source?: unknown;
    /** Names of the zones that the program declares. @default none */
    readonly zoneNames?: readonly string[];
    /** Scopes that an OAuth app needs for all that the program writes. @default none */
    readonly scopes?: readonly string[];
}

/** What the state of the stack knows before the run. */
export interface StackState {
    /** Ids and names of its zones; undefined where the state cannot be read. Called only if a zone has one of the names. */
    zones(): Promise<readonly string[] | undefined>;
    /** Okta's id of the org in which the component was made; undefined for a new one. */
    orgId(): Promise<string | undefined>;
}

export interface FirstLook {
    /** Okta's id of the org that answers. */
    readonly orgId: string;
    /** The id of the authentication policy that the program names. */
    readonly policyId?: string;
}

/** The configuration of the stack, by full key such as `okta:orgName`. */
export type StackConfig = Parameters<typeof connect>[0];

/**
 * Checks everything that has to exist before a program declares anything: the credential and its rights, the org, the
 * policy and the apps that are named, whether the names of the zones are free, and the grants. A failure later would
 * leave a partly created stack behind. Nothing is written.
 *
 * @throws `bad-input`, `org-mixed-up`, `org-classic`, `role-too-small`, `scopes-missing`, `zone-name-taken`,
 *   `source-unreadable`, `okta-*`
 */
export async function firstLook(config: StackConfig, args: FirstLookArgs, state?: StackState): Promise<FirstLook> {
    return lookFirst(connect(config), args, state);
}

/** As `firstLook`, with given connections. */
export async function lookFirst(world: World, args: FirstLookArgs, state: StackState = NEW): Promise<FirstLook> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const orgId = await checkOrg(world, args, state, signal);
    const policyId = lookAtOkta(world, args, signal);
    const others = [
        checkRights(world, args, signal),
        checkNames(world, args, state, signal),
        readSource(world, args, signal),
    ];
    // All concurrently; of several problems the first in this order is reported.
    await Promise.allSettled([policyId, ...others]);
    const id = await policyId;
    for (const other of others) await other;
    return { orgId, ...(id !== undefined && { policyId: id }) };
}

const NEW: StackState = { zones: async () => undefined, orgId: async () => undefined };

async function checkOrg(world: World, args: FirstLookArgs, state: StackState, signal: AbortSignal): Promise<string> {
    const { orgId, needsIdentityEngine = true } = args;
    const [{ id, pipeline }, madeIn] = await Promise.all([world.readOrg(signal), state.orgId()]);
    if (orgId !== undefined && id !== orgId) {
        const remedy = "check okta:orgName, okta:baseUrl and the OKTA_* variables, or zonekeeper:orgId";
        refuse("org-mixed-up", `the Okta org that answers is ${id}, but this stack is for ${orgId}: ${remedy}`);
    }
    checkSameOrg(id, madeIn);
    if (needsIdentityEngine && pipeline === "v1") {
        refuse("org-classic", `the Okta org ${id} is on Classic Engine, which has no authentication policies for apps`);
    }
    return id;
}

function refuse(code: CodeName, message: string): never {
    throw Object.assign(new Error(message), { code });
}

/** Unknown rights are not checked: then the write shows whether they suffice. */
async function checkRights({ readRights }: World, { scopes = [] }: FirstLookArgs, signal: AbortSignal) {
    const rights = await readRights(signal).catch(() => undefined);
    const missing = rights && missingRight(rights, scopes);
    if (missing !== undefined) refuse(missing.code, missing.message);
}

/** Checks that the names are free; zones of the stack itself have theirs already. */
async function checkNames(
    { listZones }: World,
    { zoneNames = [] }: FirstLookArgs,
    state: StackState,
    signal: AbortSignal,
): Promise<void> {
    if (zoneNames.length === 0) return;
    const taken = (await listZones(signal)).filter(({ name }) => zoneNames.includes(name));
    if (taken.length === 0) return;
    const own = await state.zones();
    const foreign =
        own === undefined ? undefined : taken.find(({ id, name }) => !own.includes(id) && !own.includes(name));
    if (foreign === undefined) return;
    refuse(
        "zone-name-taken",
        `the org has a zone ${quote(foreign.name)} already, ${foreign.id}, which is not in this stack: ` +
            `set another zonekeeper:zoneName, or adopt that zone with npx zonekeeper adopt ${foreign.id}`,
    );
}

/** Makes at least one request with the credential, so that a wrong one is found here. */
async function lookAtOkta({ policies, tryCredential }: World, args: FirstLookArgs, signal: AbortSignal) {
    const { policyId, policyName, apps = [], zoneNames = [] } = args;
    const isNamed = policyId !== undefined || policyName !== undefined || apps.length > 0 || zoneNames.length > 0;
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
