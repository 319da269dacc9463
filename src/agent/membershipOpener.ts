import type { CheckedClock } from "../checkedClock";
import { fail, hasCode } from "../core/errors/errors";
import { quote } from "../core/errors/quote";
import { type AgentSettings, DEFAULT, type MembershipSettings } from "../core/settings/agentSettings";
import type { Denials } from "./denials/denials";
import { type Environment, plainOrSecret } from "./environment";
import type { LockState } from "./leadership/leadership";
import type { LeaderLedger } from "./ledger/leaderLedger";
import type { Log } from "./logging/log";
import { type OpenMembership, openMembership } from "./openMembership";
import { openSources } from "./openSources";
import { type Org, openOrg } from "./org";
import type { OtherMembership } from "./reconciler/movedGrants";
import { refuseSameOrgTwice } from "./sameOrg";
import type { Metrics } from "./status/metrics";
import { openTimeRecord } from "./timeCheck";

export interface OpenerOptions extends Environment {
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
    readonly denials: Denials;
    readonly lockState: () => LockState | undefined;
    /** All current memberships. */
    readonly memberships: () => readonly OpenMembership[];
    readonly book: Pick<LeaderLedger, "record" | "unsettled">;
    readonly log: Pick<Log, "info" | "warn" | "error">;
    readonly metrics: Pick<Metrics, "countRequest" | "countRound">;
    readonly time: CheckedClock;
}

/**
 * Makes a function that opens a membership with what it shares with the others: its org with the rate limit, its source,
 * the ledger, the log, the time.
 *
 * @throws `bad-input` from the function: for credentials and sources that cannot be used
 */
export function membershipOpener(
    options: OpenerOptions,
): (membership: MembershipSettings, settings: AgentSettings) => OpenMembership {
    const { denials, lockState, book, log, metrics, time } = options;
    const sources = openSources({ ...options, time });
    const orgOf = openOrgs(options);
    const tellTime = openTimeRecord(time, book.record);
    const refuseOnce = onceFor((settings: AgentSettings) =>
        refuseSameOrgTwice(settings, { ...options, secret: (text) => plainOrSecret(text, options) }),
    );

    return (membership: MembershipSettings, settings: AgentSettings): OpenMembership => {
        refuseOnce(settings);
        const { name } = membership;
        const of = settings.form === "one" ? "" : ` of the membership ${name}`;
        const fields = settings.form === "one" ? {} : { membership: name };
        const org = orgOf(membership, settings);
        const source = naming(membership, settings, () => sources.use(membership, settings, org));
        const names = new Set(settings.memberships.map((each) => each.name));
        return openMembership(membership, {
            ...options,
            process: settings,
            org,
            source,
            denials,
            lockState,
            time,
            tellTime,
            record: (event) => book.record({ ...event, membership: name }),
            // A write of a membership that was renamed belongs to the one that has the zone now.
            unsettled: () =>
                book.unsettled(
                    ({ zone, membership: whose = DEFAULT }) =>
                        membership.zones.includes(zone) && (whose === name || !names.has(whose)),
                ),
            ...(settings.form === "several" && {
                others: () => othersOf(name, source.identity, options.memberships()),
            }),
            onRound(result) {
                metrics.countRound(result, fields.membership);
                for (const other of options.memberships()) if (other.settings.name !== name) other.recheck();
            },
            onTrouble: (trouble) =>
                trouble === undefined
                    ? log.info(`the zones${of} are as they should be again`, fields)
                    : log.error(`the zones${of} cannot be kept for now: ${trouble.message}`, {
                          code: trouble.code,
                          ...fields,
                      }),
            onWarning: log.warn,
        });
    };
}

/** Checks each settings object only once. */
function onceFor(check: (settings: AgentSettings) => void): typeof check {
    const checked = new WeakSet<AgentSettings>();
    return (settings) => {
        if (checked.has(settings)) return;
        check(settings);
        checked.add(settings);
    };
}

/** Adds the name of the membership to the message of an error. @throws what `open` throws */
function naming<Opened>({ name, sourceOf }: MembershipSettings, { form }: AgentSettings, open: () => Opened): Opened {
    try {
        return open();
    } catch (error) {
        if (form === "one" || sourceOf === "all" || !hasCode(error, "bad-input")) throw error;
        return fail("bad-input", `of the membership ${quote(name)}: ${error.message}`, { cause: error });
    }
}

/** The other memberships with the same source: an id of another source is another grant. */
function othersOf(name: string, source: string, all: readonly OpenMembership[]): readonly OtherMembership[] {
    return all.flatMap(({ settings, sourceIdentity, holding }) =>
        sourceIdentity === source && settings.name !== name ? [{ name: settings.name, ...holding }] : [],
    );
}

/** Opens each org once, as long as its settings are the same. */
function openOrgs(options: OpenerOptions): (membership: MembershipSettings, settings: AgentSettings) => Org {
    const { log, metrics, time } = options;
    const orgs = new Map<string, Org>();
    return ({ org: name }, settings) => {
        const key = JSON.stringify([name, settings.orgs[name], settings.rateShare]);
        const known = orgs.get(key);
        if (known !== undefined) return known;
        const label = Object.keys(settings.orgs).length > 1 ? name : undefined;
        const onRequest: Metrics["countRequest"] = (method, status) => metrics.countRequest(method, status, label);
        const opened = openOrg({ ...options, name, settings, time, onRequest, onWait: log.info });
        orgs.set(key, opened);
        return opened;
    };
}
