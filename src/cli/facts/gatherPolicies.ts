import type { Known, PoliciesFacts, PolicyFacts } from "../../core/doctor/facts";
import { namesOneOf as includesOneOf } from "../../core/reasons/zoneWords";
import { isMissing } from "../../okta/exchange/refused";
import type { OktaHttp } from "../../okta/http";
import { httpPolicies, type Policies, type Policy, type Rule } from "../../okta/policies";
import type { Asker } from "./asker";

export interface PoliciesOptions {
    readonly http: OktaHttp;
    readonly zoneIds: readonly string[];
    /** The only policy to look at; undefined to search all of them. */
    readonly policyId: string | undefined;
    /** Whether half of the rate limit is left to others. @default false: ten requests */
    readonly isSparing?: boolean;
    readonly signal: AbortSignal;
}

/** How many policies are searched at most, a request for each, and how many requests are left to others. */
const MOST_POLICIES = 200;
const LEFT_TO_OTHERS = 10;
/** The most concurrent requests; Okta accepts more for one token. */
const AT_ONCE = 5;

const PATH = "/api/v1/policies";

type Found = Omit<PoliciesFacts, "apps">;

/** The policy that was asked for, or those with a rule that names one of the zones, and the apps on them. */
export async function gatherPolicies(options: PoliciesOptions, ask: Asker): Promise<Known<PoliciesFacts>> {
    const { http, policyId, signal } = options;
    const policies = httpPolicies(http);
    const found = await ask.okta(PATH, () =>
        policyId === undefined ? search(policies, options) : look(policies, policyId, signal),
    );
    if (found.unknown !== undefined) return found;
    const ids = found.value.found.map(({ id }) => id);
    if (ids.length === 0) return { value: { ...found.value, apps: { value: [] } } };
    const apps = await ask.okta("/api/v1/apps", async () => {
        const all = await policies.listApps(signal);
        return all.flatMap(({ label, name, policyId }) =>
            policyId !== undefined && ids.includes(policyId) ? [{ label, name, policyId }] : [],
        );
    });
    return { value: { ...found.value, apps } };
}

/** Okta answers 404 for a policy that is not there. */
async function look(policies: Policies, askedId: string, signal: AbortSignal): Promise<Found> {
    try {
        const policy = await policies.readPolicy(askedId, signal);
        return { askedId, found: [await withRules(policies, policy, signal)], searched: 1, total: 1 };
    } catch (error) {
        if (!isMissing(error)) throw error;
        return { askedId, found: [], searched: 1, total: 1 };
    }
}

/** The global session policies with their rules; each takes a request, so that not more are read than of the others. */
export async function gatherSessionPolicies(
    options: PoliciesOptions,
    ask: Asker,
): Promise<Known<readonly PolicyFacts[]> | undefined> {
    const { http, zoneIds, signal } = options;
    if (zoneIds.length === 0) return undefined;
    const policies = httpPolicies(http);
    return ask.okta(PATH, async () => {
        const all = await policies.listPolicies("OKTA_SIGN_ON", signal);
        return withTheirRules(policies, all, options);
    });
}

async function search(policies: Policies, options: PoliciesOptions): Promise<Found> {
    const { zoneIds, signal } = options;
    const all = await policies.listPolicies("ACCESS_POLICY", signal);
    const known = await withTheirRules(policies, all, options);
    const isFound = ({ rules }: PolicyFacts) => rules.some((rule) => namesOneOf(rule, zoneIds));
    const elsewhere = known.filter((it) => !isFound(it) && it.rules.some(({ connection }) => connection === "ZONE"));
    const found = known.filter(isFound);
    return { askedId: undefined, found, elsewhere, searched: known.length, total: all.length };
}

/** As many of the policies, from the first on, as the rate limit has room for. */
async function withTheirRules(
    policies: Policies,
    all: readonly Policy[],
    { http, isSparing = false, signal }: PoliciesOptions,
): Promise<PolicyFacts[]> {
    const known: PolicyFacts[] = [];
    const wanted = all.slice(0, MOST_POLICIES);
    while (known.length < wanted.length) {
        const { remaining = Infinity, limit = 0 } = http.rateLimit ?? {};
        const room = Math.min(AT_ONCE, remaining - (isSparing ? Math.ceil(limit / 2) : LEFT_TO_OTHERS));
        if (room <= 0) break;
        const next = wanted.slice(known.length, known.length + room);
        known.push(...(await Promise.all(next.map((policy) => withRules(policies, policy, signal)))));
    }
    return known;
}

async function withRules(policies: Policies, policy: Policy, signal: AbortSignal): Promise<PolicyFacts> {
    const { id, name, type, status } = policy;
    const rules = await policies.listRules(id, signal);
    return {
        ...{ id, name, type, status },
        ...(isForSome(policy) && { people: policy.people }),
        rules: rules.map(({ network, ...rule }) => ({ ...rule, ...network })),
    };
}

/** Okta's default policy names the group Everyone; the policies of apps name nobody. */
function isForSome({ system, people: { users, groups } }: Policy): boolean {
    const named = [users, groups].flatMap(({ include, exclude }) => [...include, ...exclude]);
    return !system && named.length > 0;
}

function namesOneOf({ include, exclude }: Rule["network"], zoneIds: readonly string[]): boolean {
    return includesOneOf([...include, ...exclude], zoneIds);
}
