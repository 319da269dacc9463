import type { CheckedClock } from "../../checkedClock";
import type { Clock } from "../../clock";
import type { Facts, Known, PoliciesFacts } from "../../core/doctor/facts";
import { fail } from "../../core/errors/errors";
import { departureText } from "../../core/time/departureText";
import { askForGroups, policiesFor, policyFor } from "../../core/why/forPerson";
import { readSignIn, type SignIn } from "../../core/why/signIn";
import type { Subject } from "../../core/why/subject";
import { ownOf } from "../../core/why/whose";
import type { PersonFacts, WhyFacts } from "../../core/why/whyFacts";
import { readThreatInsight } from "../../okta/admins";
import { claimsOf } from "../../okta/credentials/accessToken";
import type { Credential } from "../../okta/exchange/credential";
import { isMissing } from "../../okta/exchange/refused";
import type { OktaHttp } from "../../okta/http";
import { readOrganization, whoAmI } from "../../okta/org";
import { readEvents, readGroupIds, readPerson } from "../../okta/people";
import { httpZones } from "../../okta/zones/httpZones";
import { readZoneChanges } from "../../okta/zones/zoneLog";
import { type Asked as AskedAgent, agentFacts } from "./askAgent";
import { type Asker, createAsker } from "./asker";
import { gatherPolicies, gatherSessionPolicies } from "./gatherPolicies";
import { type MembershipOptions, membershipNow } from "./whyMembership";

export interface GatherWhyOptions extends Omit<MembershipOptions, "zones" | "agent" | "clock"> {
    readonly http: OktaHttp;
    readonly credential: Credential;
    readonly policyId: string | undefined;
    /** The group to which the grants are bound. @default none */
    readonly group?: string | undefined;
    /** See PoliciesOptions. @default false */
    readonly isSparing?: boolean;
    readonly clock: CheckedClock;
    /** Reads the status of a running agent; undefined if there is none to ask. */
    readonly askAgent: (() => Promise<AskedAgent>) | undefined;
}

/** The subject; an event from a file was read before. */
export type Asked = Exclude<Subject, { kind: "event file" }> | { kind: "event"; text: string; event: SignIn };

const DAY_MS = 86_400_000;
/** How far back Okta keeps its System Log. Source: Okta's help, "System Log". */
const KEPT_DAYS = 90;
/** The most events that are read for the latest sign-ins. */
const MOST_EVENTS = 50;

/** Reads what the question needs, each thing once, and goes on past what it may not read. */
export async function gatherWhy(asked: Asked, options: GatherWhyOptions): Promise<WhyFacts> {
    const { http, zoneIds, clock, signal } = options;
    const ask = createAsker(options.credential);
    const zones = await ask.okta("/api/v1/zones", () => httpZones(http).list(signal));
    const clockProblem = zones.unknown === undefined ? await settleTime(options, ask) : undefined;
    const event = await eventOf(asked, options, ask);
    const found = await personOf(asked.kind === "person" ? asked.text : event?.user, options, ask);
    const chain = asked.kind === "chain" ? asked.chain : event?.chain;
    const agent = await options.askAgent?.();
    const { person, ...rules } = await gatherRules(found, options, ask);
    const changes = await gatherChanges(options, ask);
    const membership = await membershipNow({ ...options, zones, agent: agent?.status }, ask);
    return {
        nowMs: clock.now(),
        orgUrl: http.orgUrl,
        subject: asked.text,
        zoneIds,
        zones,
        person,
        chain,
        event,
        agent: agent && agentFacts(agent),
        ...membership,
        clockProblem,
        ...rules,
        signIns:
            event === undefined
                ? await gatherSignIns(person, chain, grantedTo(person, membership), options, ask)
                : { value: [] },
        changes,
        ownId: changes.value?.length ? await ownIdOf(options, ask) : undefined,
    };
}

/** Uses Okta's time if this machine's clock is wrong. Makes a request only if the two differ. */
async function settleTime({ clock, http, signal }: GatherWhyOptions, ask: Asker): Promise<string | undefined> {
    await ask.okta("/.well-known/okta-organization", () =>
        clock.settle((stop) => readOrganization(http, stop), signal),
    );
    const { departure } = clock.reading();
    return departure && departureText(departure);
}

/** @throws `bad-input` where the log has no such event, or one without an address; what kept us from reading it */
async function eventOf(asked: Asked, options: GatherWhyOptions, ask: Asker): Promise<SignIn | undefined> {
    if (asked.kind === "event") return asked.event;
    if (asked.kind !== "event id") return undefined;
    const events = await eventsWhere(`uuid eq ${JSON.stringify(asked.text)}`, KEPT_DAYS, 1, options, ask);
    if (events.unknown !== undefined) {
        return fail("okta-refused", `the event could not be read: ${events.unknown.reason}`);
    }
    const [found] = events.value;
    if (found === undefined)
        return fail("bad-input", `Okta's System Log has no event ${asked.text} within ${KEPT_DAYS} days`);
    return readSignIn(found, "any") ?? fail("bad-input", `the event ${asked.text} does not say which address Okta saw`);
}

async function personOf(
    name: string | undefined,
    { http, signal }: GatherWhyOptions,
    ask: Asker,
): Promise<PersonFacts | undefined> {
    if (name === undefined) return undefined;
    const user = await ask.okta("/api/v1/users", async () => {
        try {
            return await readPerson(http, name, signal);
        } catch (error) {
            // Okta answers 404 for a user that is not there.
            if (!isMissing(error)) throw error;
            return "nobody" as const;
        }
    });
    return { name, user };
}

/** The policies as they are for the person, and the person with the groups that these name. */
async function gatherRules(found: PersonFacts | undefined, options: GatherWhyOptions, ask: Asker) {
    const policies: Known<PoliciesFacts> = await gatherPolicies(options, ask);
    const sessionPolicies = await gatherSessionPolicies(options, ask);
    const { http, group: id, signal } = options;
    const threat = await ask.okta("/api/v1/threats/configuration", () => readThreatInsight(http, signal));
    const group = id === undefined ? undefined : { id };
    const common = { group, threatInsight: threat.value };
    const user = found?.user.value;
    if (found === undefined || user === undefined || user === "nobody") {
        return { ...common, person: found, policies, sessionPolicies };
    }
    const named = [...(policies.value?.found ?? []), ...(sessionPolicies?.value ?? [])];
    const isNeeded = group !== undefined || askForGroups(named);
    const groups = isNeeded ? await ask.okta(`/api/v1/groups`, () => readGroupIds(http, user.id, signal)) : undefined;
    const inOrg = { id: user.id, groupIds: groups?.value };
    return {
        ...common,
        person: { ...found, user: { value: { ...user, groupIds: groups?.value } } },
        policies: policiesFor(inOrg, policies),
        sessionPolicies:
            sessionPolicies?.value === undefined
                ? sessionPolicies
                : { value: sessionPolicies.value.map((policy) => policyFor(inOrg, policy)) },
    };
}

/** The sign-ins of a person, or from a single address; a chain with several hops has none. */
async function gatherSignIns(
    person: PersonFacts | undefined,
    chain: readonly string[] | undefined,
    granted: readonly string[],
    options: GatherWhyOptions,
    ask: Asker,
): Promise<WhyFacts["signIns"]> {
    const filter = person === undefined ? filterOfAddress(chain) : filterOfPerson(person, granted);
    if (filter === undefined) return { value: [] };
    const events = await eventsWhere(filter, 1, MOST_EVENTS, options, ask);
    if (events.unknown !== undefined) return events;
    const signIns = events.value.flatMap((event) => readSignIn(event) ?? []);
    const asked = chain?.join();
    // For an address, an event with the same chain is only of interest if Okta refused it.
    return { value: signIns.filter((it) => it.refusal !== undefined || it.chain.join() !== asked) };
}

function filterOfAddress(chain: readonly string[] = []): string | undefined {
    return chain.length === 1 ? `client.ipAddress eq ${JSON.stringify(chain[0])}` : undefined;
}

/** Okta does not know the person of a request that it refuses before any policy: these are found by granted addresses. */
const REFUSALS = '(eventType eq "security.request.blocked" or eventType eq "security.threat.detected")';
const MOST_ADDRESSES = 5;

/** The single addresses that are granted to a person; of many, the first. */
function grantedTo(
    person: PersonFacts | undefined,
    { membership }: { readonly membership: WhyFacts["membership"] },
): readonly string[] {
    if (person === undefined) return [];
    const own = ownOf({ person, chain: undefined, membership, unusable: [] }).grants;
    const single = own.flatMap(({ ip, state }) =>
        state === "ended" ? [] : ip.filter((range) => range.endsWith("/32")),
    );
    return single.slice(0, MOST_ADDRESSES).map((range) => range.slice(0, -"/32".length));
}

function filterOfPerson({ name, user }: PersonFacts, granted: readonly string[]): string {
    const known = user.value === undefined || user.value === "nobody" ? undefined : user.value;
    const byLogin = `actor.alternateId eq ${JSON.stringify(known?.login ?? name)}`;
    const byPerson = `${byLogin} or actor.id eq ${JSON.stringify(known?.id ?? name)}`;
    if (granted.length === 0) return byPerson;
    const from = granted.map((ip) => `client.ipAddress eq ${JSON.stringify(ip)}`).join(" or ");
    return `${byPerson} or (${REFUSALS} and (${from}))`;
}

/** An API token acts for a user, an OAuth app for itself. */
async function ownIdOf({ http, credential, signal }: GatherWhyOptions, ask: Asker): Promise<string | undefined> {
    if (credential.kind === "private-key") return credential.clientId;
    if (credential.kind === "access-token") return claimsOf(credential.accessToken).clientId;
    return (await ask.okta("/api/v1/users/me", () => whoAmI(http, signal))).value?.id;
}

function eventsWhere(
    filter: string,
    days: number,
    limit: number,
    { http, clock, signal }: GatherWhyOptions,
    ask: Asker,
): Promise<Known<readonly unknown[]>> {
    const untilMs = untilNow(clock);
    const asked = { filter, sinceMs: untilMs - days * DAY_MS, untilMs, limit };
    return ask.okta("/api/v1/logs", () => readEvents(http, asked, signal));
}

async function gatherChanges({ http, zoneIds, clock, signal }: GatherWhyOptions, ask: Asker): Promise<Facts["log"]> {
    const untilMs = untilNow(clock);
    const log = await ask.okta("/api/v1/logs", () =>
        readZoneChanges(http, { sinceMs: untilMs - DAY_MS, untilMs }, signal),
    );
    return log.value === undefined ? log : { value: log.value.filter(({ zoneId }) => zoneIds.includes(zoneId)) };
}

/** An answer of Okta's shows whole seconds, so its clock may be that much ahead of what is known of it. */
function untilNow({ now }: Pick<Clock, "now">): number {
    return now() + 1_000;
}
