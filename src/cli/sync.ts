import { systemClock } from "../clock";
import { fail } from "../core/errors/errors";
import { reportUnusable } from "../core/grants/grantsDocument";
import { changes } from "../core/membership/plan";
import { parseRules } from "../core/membership/rules";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { httpZones } from "../okta/zones/httpZones";
import { zoneLock } from "../okta/zones/zoneLock";
import { type ReconcileOptions, type Round, reconcile } from "../reconcile";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/spec";
import { describeRound } from "./describeRound";
import { STATUS, type Terminal } from "./terminal";

export interface SyncFlags {
    readonly zone: readonly string[];
    readonly source: string;
    readonly dryRun?: boolean;
    readonly check?: boolean;
    readonly selector?: readonly string[];
    readonly static?: readonly string[];
    readonly deny?: readonly string[];
    readonly widestPrefix?: string;
    readonly allowUnroutable?: boolean;
    readonly maxRemovals?: string;
    readonly maxTimeToLive?: string;
    readonly refusePermanent?: boolean;
    readonly confirmRemovals?: boolean;
    readonly okta?: string;
    readonly json?: boolean;
}

/** The longest that one reconciliation takes, waits for Okta's rate limit included. */
const DEADLINE_MS = 180_000;

/** One reconciliation. The status says whether it is done, held by a limit, or, with `--check`, due. */
export async function sync(flags: SyncFlags, terminal: Terminal): Promise<number> {
    const rules = parseRules({
        staticGateways: flags.static,
        deny: flags.deny,
        selector: readSelector(flags.selector ?? []),
        widestPrefix: flags.widestPrefix,
        allowUnroutable: flags.allowUnroutable,
        maxRemovals: flags.maxRemovals,
        maxTimeToLive: flags.maxTimeToLive,
        permanent: flags.refusePermanent ? "refused" : "allowed",
    });
    const { env, directory } = terminal;
    const url = flags.okta === undefined ? {} : { url: flags.okta };
    const connection = findOkta({ config: () => undefined, nameOf: () => undefined, env, ...url });
    const okta = oktaHttp({ connection, fetch, ...systemClock, onWait: terminal.err });
    const { widestPrefix, allowUnroutable } = rules;
    const limits = { widestPrefix, allowUnroutable };
    const source = openSource(parseSourceSpec(flags.source), { directory, env, ...systemClock, limits, okta });
    const mode = flags.dryRun || flags.check ? "plan" : "write";
    const options: Omit<ReconcileOptions, "signal"> = {
        source,
        zones: httpZones(okta),
        lock: zoneLock(),
        zoneIds: distinct(flags.zone),
        rules,
        isConfirmed: flags.confirmRemovals ?? false,
        clock: systemClock,
        mode,
    };
    const round = await untilSettled((signal) => reconcile({ ...options, signal })).finally(() => source.close?.());
    terminal.out(flags.json ? JSON.stringify(document(round)) : describeRound(round, mode));
    return statusOf(round, flags.check ?? false);
}

/**
 * Stops, as soon as the work has come to an end, all that it began: when one
 * zone cannot be read, nobody waits for the rate limit of another.
 */
export async function untilSettled<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const late = () => stop.abort(new DOMException("the time for one reconciliation is over", "TimeoutError"));
    const timer = setTimeout(late, DEADLINE_MS);
    try {
        return await work(stop.signal);
    } finally {
        clearTimeout(timer);
        stop.abort();
    }
}

function statusOf(round: Round, isCheck: boolean): number {
    if (isCheck && round.zones.some(changes)) return STATUS.changes;
    return round.refused.length > 0 ? STATUS.refused : STATUS.done;
}

/** The promised shape of `--json`. */
function document({ zones, active, refused, unusable }: Round) {
    return {
        zones: zones.map(({ id, name, add, remove, gateways, written }) => ({
            id,
            name,
            add,
            remove,
            gateways,
            written,
        })),
        active,
        refused,
        unusable: reportUnusable(unusable),
    };
}

export function readSelector(pairs: readonly string[]): Record<string, string> {
    return Object.fromEntries(
        pairs.map((pair) => {
            const [, key, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
            if (key === undefined || value === undefined)
                return fail("bad-input", `--selector "${pair}" is not key=value`);
            return [key, value];
        }),
    );
}

export function distinct(zoneIds: readonly string[]): readonly string[] {
    const twice = zoneIds.find((id, index) => zoneIds.indexOf(id) !== index);
    return twice === undefined ? zoneIds : fail("bad-input", `--zone ${twice} is given twice`);
}
