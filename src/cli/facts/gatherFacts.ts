import type { Clock } from "../../clock";
import type { ConnectionFacts, Facts, Known, OrganizationFacts } from "../../core/doctor/facts";
import type { Denial } from "../../core/membership/denials";
import type { Memory } from "../../core/membership/memory";
import type { Rules } from "../../core/membership/rules";
import { DEPARTS_MS } from "../../core/time/checkedTime";
import { readThreatInsight } from "../../okta/admins";
import { readOrganization } from "../../okta/org";
import { httpZones } from "../../okta/zones/httpZones";
import { readZoneChanges } from "../../okta/zones/zoneLog";
import type { GrantSource } from "../../sources/source";
import { type Asked, agentFacts } from "./askAgent";
import { type Asker, createAsker } from "./asker";
import { gatherGroup } from "./gatherGroup";
import { gatherPolicies, gatherSessionPolicies } from "./gatherPolicies";
import { gatherWho, type WhoOptions } from "./gatherWho";
import { gatherMembership, lookAgain, tryWrites } from "./gatherZones";

export interface GatherOptions extends WhoOptions {
    readonly zoneIds: readonly string[];
    /** Names that a deployment is to give to new zones. @default none */
    readonly zoneNames?: readonly string[];
    /** To which the grants are bound. @default none */
    readonly group?: string | undefined;
    /** Names and ids of the groups that the portal's rules name. @default none */
    readonly ruleGroups?: readonly string[] | undefined;
    readonly policyId: string | undefined;
    readonly source: GrantSource | undefined;
    readonly rules: Rules;
    /** What an agent or `sync --state` remembers of the zones. @default nothing */
    readonly memory?: Memory | undefined;
    /** What the kill switch of an agent keeps out. @default none */
    readonly denials?: readonly Denial[];
    readonly isWriteTest: boolean;
    /** The status of a running agent; undefined if none was asked. @default none */
    readonly agent?: Asked | undefined;
    /** In what the agent differs from its stack. @default not both were named */
    readonly stack?: Facts["stack"];
    /** Which way requests to the org take, and what its server shows. */
    readonly lookAtWay: () => Promise<ConnectionFacts>;
    readonly clock: Clock;
}

const DAY_MS = 24 * 3_600_000;
/** A zone is only written by the test if no other writer wrote it for this long. */
const QUIET_MS = 10 * 60_000;
/** Okta's `Date` has whole seconds. */
const DATE_STEP_MS = 1_000;

/**
 * Reads everything that the checks look at, each thing once and one after the
 * other, and goes on past what it may not read. The zones come a second time
 * after all that, so that a write of another writer is seen.
 */
export async function gatherFacts(options: GatherOptions): Promise<Facts> {
    const { http, zoneIds, policyId, signal, source } = options;
    const ask = createAsker(options.credential);
    const organization = await ask.okta("/.well-known/okta-organization", () => readAbout(options));
    const clock = clockThatCounts(options.clock, organization.value);
    const who = await gatherWho(options, ask);
    const zones = await ask.okta("/api/v1/zones", () => httpZones(http).list(signal));
    const rateLimit = rateIn(options, [who.owner, who.roles, who.tokens, zones]);
    const isAboutPolicies = zoneIds.length > 0 || policyId !== undefined;
    const policies = isAboutPolicies ? await gatherPolicies(options, ask) : undefined;
    const sessionPolicies = await gatherSessionPolicies(options, ask);
    const threatInsight = await gatherThreatInsight(options, ask);
    const read = source && (await ask.other(() => source.read(signal)));
    const { group, reading } = await gatherGroup({ ...options, clock }, ask, read);
    const announced = read?.value && (await ask.other(async () => source?.announcement?.(signal)));
    const membership = gatherMembership({ ...options, clock, announcement: announced?.value }, reading, zones);
    const changed = await lookAgain(options, ask, zones);
    const aheadMs = organization.value?.aheadMs ?? 0;
    const writeTest = options.isWriteTest ? await testWrites(options, ask, { ...who, zones, aheadMs }) : undefined;
    // Last, as it shows who wrote during the test.
    const log = await readLog(options, ask, aheadMs);
    return {
        nowMs: clock.now(),
        orgUrl: http.orgUrl,
        ...who,
        organization,
        access: accessIn([who.owner, who.roles, zones]),
        rateLimit,
        zoneIds,
        zoneNames: options.zoneNames ?? [],
        zones,
        policies,
        sessionPolicies,
        threatInsight,
        agent: options.agent && agentFacts(options.agent),
        stack: options.stack,
        connection: await options.lookAtWay(),
        ...membership,
        group,
        log,
        changed,
        writeTest,
    };
}

async function gatherThreatInsight(
    { http, zoneIds, signal }: GatherOptions,
    ask: Asker,
): Promise<Facts["threatInsight"]> {
    if (zoneIds.length === 0) return undefined;
    const settings = await ask.okta("/api/v1/threats/configuration", () => readThreatInsight(http, signal));
    return settings.value;
}

/** The clock by which grants start and end: Okta's where this machine's is too far off. */
function clockThatCounts(clock: Clock, { aheadMs = 0, blurMs = 0 }: Partial<OrganizationFacts> = {}): Clock {
    const isApart = Math.abs(aheadMs) - blurMs > DEPARTS_MS;
    return isApart ? { ...clock, now: () => clock.now() - aheadMs } : clock;
}

/** The facts about the org, and the difference of its clock. */
async function readAbout({ http, clock, signal }: GatherOptions): Promise<OrganizationFacts> {
    const beforeMs = clock.now();
    const { id, cell, pipeline, dateMs } = await readOrganization(http, signal);
    const wayMs = (clock.now() - beforeMs) / 2;
    const aheadMs = dateMs === undefined ? undefined : beforeMs + wayMs - (dateMs + DATE_STEP_MS / 2);
    return { id, cell, pipeline, aheadMs, blurMs: wayMs + DATE_STEP_MS / 2 };
}

/** Failures that show that the credential was not accepted. */
const NOT_ACCEPTED = [
    "okta-unauthorized",
    "scopes-missing",
    "credential-tied-to-zone",
    "okta-unreachable",
    "okta-throttled",
    "credential-owner",
];

/** A credential is accepted as soon as anything was answered with it, if only by "not allowed". */
function accessIn(facts: readonly (Known<unknown> | undefined)[]): Facts["access"] {
    const asked = facts.flatMap((fact) => fact ?? []);
    const isAccepted = asked.some(({ unknown }) => unknown === undefined || !NOT_ACCEPTED.includes(unknown.name));
    const unknowns = asked.flatMap(({ unknown }) => unknown ?? []);
    const unknown = unknowns.find(({ name }) => name === "okta-unauthorized") ?? unknowns.at(0);
    return isAccepted || unknown === undefined ? { value: true } : { unknown };
}

/** Taken right after the zones were read, so that it is of their bucket. */
function rateIn({ http }: GatherOptions, facts: readonly (Known<unknown> | undefined)[]): Facts["rateLimit"] {
    const unknowns = facts.flatMap((fact) => fact?.unknown ?? []);
    const unknown = unknowns.find(({ name }) => name === "okta-throttled") ?? facts.at(-1)?.unknown;
    if (unknown !== undefined) return { unknown };
    if (http.rateLimit !== undefined) return { value: http.rateLimit };
    const reason = "Okta's answers do not tell";
    return { unknown: { name: "okta-refused", reason, remedy: "Look at Reports > Rate Limits in the Admin Console." } };
}

/**
 * Writes zones that no other writer has written recently.
 *
 * @param aheadMs How far our clock is ahead of Okta's, which the log's moments are of.
 */
async function testWrites(options: GatherOptions, ask: Asker, { zones, owner, credential, aheadMs }: WriteContext) {
    const startedAtMs = options.clock.now() - aheadMs - DATE_STEP_MS;
    const ownId = owner?.value?.id ?? credential.clientId;
    const { value: changes = [] } = await readLog(options, ask, aheadMs);
    const foreign = changes.filter(({ actorId, atMs }) => actorId !== ownId && atMs > startedAtMs - QUIET_MS);
    const busy = ownId === undefined ? [] : foreign.map(({ zoneId }) => zoneId);
    const tests = await tryWrites(options, ask, zones, busy);
    return tests.value === undefined ? tests : { value: { startedAtMs, tests: tests.value } };
}

interface WriteContext extends Pick<Facts, "zones" | "owner" | "credential"> {
    readonly aheadMs: number;
}

async function readLog(options: GatherOptions, ask: Asker, aheadMs: number): Promise<Facts["log"]> {
    const { http, zoneIds, clock, signal } = options;
    if (zoneIds.length === 0) return { value: [] };
    // By Okta's clock, of which an answer shows the whole seconds.
    const untilMs = clock.now() - aheadMs + DATE_STEP_MS;
    const log = await ask.okta("/api/v1/logs", () =>
        readZoneChanges(http, { sinceMs: untilMs - DAY_MS, untilMs }, signal),
    );
    return log.value === undefined ? log : { value: log.value.filter(({ zoneId }) => zoneIds.includes(zoneId)) };
}
