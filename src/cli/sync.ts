import { openCheckedClock, zonesInTime } from "../checkedClock";
import { systemClock } from "../clock";
import { fail } from "../core/errors/errors";
import { changes } from "../core/membership/plan";
import { parseRules } from "../core/membership/rules";
import { SENTINEL } from "../core/zones/zone";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { httpZones } from "../okta/zones/httpZones";
import { zoneLock } from "../okta/zones/zoneLock";
import { fetchForOkta } from "../outgoing/outgoingFetch";
import { type ReconcileOptions, type Round, reconcile } from "../reconcile";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/settings/parseSource";
import { untilSettled } from "./arguments/deadline";
import { distinct, readSelector } from "./arguments/zonesAndSelector";
import { configuredRounds } from "./configuredRounds";
import { describeRound } from "./describe/describeRound";
import { roundDocument } from "./describe/roundDocument";
import { refuseBesideConfig } from "./facts/setup";
import { keepFolder } from "./folderLock";
import { type MembershipFlags, withStack } from "./stack/stackFlags";
import { denialsIn, memoryIn } from "./stateFolder";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface SyncFlags extends MembershipFlags {
    readonly config?: string;
    readonly membership?: string;
    readonly dryRun?: boolean;
    readonly check?: boolean;
    readonly maxRemovalsWindow?: string;
    readonly state?: string;
    readonly maxTimeToLive?: string;
    readonly refusePermanent?: boolean;
    readonly confirmRemovals?: boolean;
    readonly okta?: string;
    readonly json?: boolean;
}

/** One reconciliation. The status says whether it is done, held by a limit, or, with `--check`, due. */
export async function sync(given: SyncFlags, terminal: Terminal): Promise<number> {
    if (given.config !== undefined) return syncConfigured({ ...given, config: given.config }, terminal);
    if (given.membership !== undefined)
        fail("bad-input", "--membership names one of a configuration: give it with --config");
    const flags = await withStack(given, terminal);
    const zoneIds = distinct(flags.zone ?? missing("--zone <id...>"));
    const spec = parseSourceSpec(flags.source ?? missing("--source <source>"));
    const rules = parseRules({
        staticGateways: flags.static,
        deny: flags.deny,
        selector: readSelector(flags.selector ?? []),
        widestPrefix: flags.widestPrefix,
        allowUnroutable: flags.allowUnroutable,
        maxRemovals: flags.maxRemovals,
        maxRemovalsWindow: flags.maxRemovalsWindow,
        maxTimeToLive: flags.maxTimeToLive,
        permanent: flags.refusePermanent ? "refused" : "allowed",
    });
    const { env, directory } = terminal;
    const mode = flags.dryRun || flags.check ? "plan" : "write";
    using _ = mode === "write" && flags.state !== undefined ? await keepFolder(flags.state, terminal) : undefined;
    const url = flags.okta === undefined ? {} : { url: flags.okta };
    const connection = findOkta({ config: () => undefined, nameOf: () => undefined, env, ...url });
    const time = openCheckedClock(systemClock);
    const okta = oktaHttp({
        connection,
        ...time,
        fetch: time.hearing(fetchForOkta(connection, env)),
        onWait: terminal.err,
    });
    const { widestPrefix, allowUnroutable } = rules;
    const limits = { widestPrefix, allowUnroutable };
    const source = openSource(spec, { directory, env, ...time, limits, okta });
    const options: Omit<ReconcileOptions, "signal"> = {
        source,
        zones: zonesInTime(httpZones(okta), time, (text) => terminal.err(`warning: ${text}`)),
        lock: zoneLock(),
        zoneIds,
        rules,
        isConfirmed: flags.confirmRemovals ?? false,
        clock: time,
        mode,
        ...(flags.state !== undefined && {
            memory: memoryIn(flags.state, terminal, mode === "plan" ? "read" : "write"),
            denials: await denialsIn(flags.state, terminal),
        }),
    };
    const round = await untilSettled((signal) => reconcile({ ...options, signal })).finally(() => source.close?.());
    const lines = [describeRound(round, mode)];
    if (flags.state === undefined && dependsOnMemory(round)) lines.push(WITHOUT_MEMORY);
    terminal.out(flags.json ? JSON.stringify(roundDocument(round)) : lines.join("\n"));
    return statusOf(round, flags.check ?? false);
}

/** The memberships of an agent's configuration, with its state folder. */
async function syncConfigured(flags: SyncFlags & { readonly config: string }, terminal: Terminal): Promise<number> {
    refuseBesideConfig(flags);
    const mode = flags.check ? "check" : flags.dryRun ? "plan" : "write";
    return configuredRounds({ ...flags, mode }, terminal);
}

/** As commander says it of an option that is always required: here a stack may say it instead. */
function missing(option: string): never {
    return fail("bad-input", `required option '${option}' not specified`);
}

/** Whether it makes a difference that nothing is remembered: an address goes, or stays although no grant admits it. */
function dependsOnMemory({ zones, held }: Round): boolean {
    return held.length > 0 || zones.some(({ remove }) => remove.some((range) => range !== SENTINEL));
}

const WITHOUT_MEMORY =
    "Nothing is remembered between two runs without --state DIR: an entry that no grant admits counted like a grant " +
    "that was removed, and an end in the past like one that was known.";

function statusOf(round: Round, isCheck: boolean): number {
    if (isCheck && round.zones.some(changes)) return STATUS.changes;
    return round.refused.length > 0 ? STATUS.refused : STATUS.done;
}
