import { coversSpan, mergeSpans } from "../addresses/spans";
import { kindOfHop } from "../chain/hop";
import type { Unusable } from "../grants/grantsDocument";
import type { StandingGrant } from "../membership/standing";
import { titleOf } from "../reasons/reason";
import { isChainIn } from "./seenLines";
import { addressesOf, type Followed, isIn, spansOf } from "./whose";
import type { GrantKind, Line, WhyFacts } from "./whyFacts";

/**
 * A line for each grant of the person, or for the address, and each entry that cannot be used.
 *
 *   the grant                       kind       status, where another grant is in   where none is
 *   is in a zone                    grant      ok                                  ok
 *   is in, and held by the brake    held       unknown                             unknown
 *   has ended, and is in still      grant      unknown                             unknown
 *   is active, and in no zone       pending    bad                                 bad
 *   is active, without room         full       bad                                 bad
 *   waits for the removal brake     held       bad                                 bad
 *   is denied, or over a limit      denied     bad                                 bad
 *   starts later                    not-yet    ok                                  bad
 *   has ended                       ended      ok                                  bad
 *   cannot be used                  unusable   bad                                 bad
 *   is not there                    none       -                                   bad; unknown where grants are not known
 */
export function grantLines(facts: Followed): Line[] {
    if (facts.membership === undefined || facts.membership.unknown !== undefined) return unknownGrants(facts);
    const { grants, unusable } = facts.own;
    const isSomeIn = grants.some(isIn);
    const lines = [
        ...[...grants].sort((one, other) => RANK[one.state] - RANK[other.state]).map((it) => line(it, isSomeIn, facts)),
        ...unusable.map(unusableLine),
    ];
    return lines.length > 0 || isToldElsewhere(facts) ? lines : [noGrant(facts, facts.membership.value.isKnown)];
}

/** Whether another line reports the address: it is inside without a grant, or no grant can have it. */
function isToldElsewhere(facts: WhyFacts): boolean {
    const { person, chain } = facts;
    if (person !== undefined || chain === undefined) return false;
    return isChainIn(chain, facts) === true || kindOfHop(chain.at(-1) ?? "") === "IPv6";
}

function noGrant({ person, subject, sourceProblem }: WhyFacts, isKnown: boolean): Line {
    const whom = person === undefined ? "has this address" : "names this person";
    const make = (status: Line["status"], message: string, next: string): Line => {
        return { kind: "none", status, subject, message, next };
    };
    if (!isKnown) return make("unknown", `whether a grant ${whom} is not known: ${sourceProblem}`, MEND);
    if (sourceProblem !== undefined)
        return make("bad", `no grant that was read before ${whom}, and now ${sourceProblem}`, MEND);
    const next =
        person === undefined
            ? "If it is one of yours, grant it in the source, with an end."
            : "If they are to come in, grant it in the source, with an end and the address that Okta sees.";
    return make("bad", `no grant ${whom}`, next);
}

const MEND = "Correct the source as the message says: until then nobody new gets in.";

function unknownGrants({ membership, subject }: WhyFacts): Line[] {
    const unknown = membership?.unknown;
    const message =
        unknown === undefined
            ? "the grants were not looked at"
            : `the grants could not be compared with the zones: ${unknown.reason}`;
    return [{ kind: "none", status: "unknown", subject, message, next: unknown?.remedy ?? GIVE_SOURCE }];
}

const GIVE_SOURCE = "Say where the grants are: --source S, or --config FILE of an agent.";

const RANK: Readonly<Record<StandingGrant["state"], number>> = {
    effective: 0,
    accepted: 0,
    leaving: 1,
    denied: 2,
    waiting: 3,
    refused: 4,
    pending: 5,
    scheduled: 6,
    ended: 7,
};

function line(grant: StandingGrant, isSomeIn: boolean, facts: WhyFacts): Line {
    const { id, state, startsAt, expiresAt, why = "", user } = grant;
    const what = `the grant ${id} for ${addressesOf(grant)}${facts.person !== undefined || user === undefined ? "" : ` (${user})`}`;
    const make = (kind: GrantKind, status: Line["status"], message: string, next?: string): Line => {
        return { kind, status, subject: id, message: `${what} ${message}`, next };
    };
    const idle = isSomeIn ? "ok" : "bad";
    switch (state) {
        case "accepted":
        case "effective": {
            const end = expiresAt === undefined ? "without an end" : `until ${expiresAt}`;
            const known = `is in ${zoneOf(grant, facts)} ${end}${state === "accepted" ? "; Okta may need a minute to spread it" : ""}`;
            return why === "" ? make("grant", "ok", known) : make("held", "unknown", `${known}, and stays: ${why}`);
        }
        case "leaving":
            return make("grant", "unknown", `has ended at ${expiresAt}, and goes with the next write of the zone`);
        case "denied":
            return make("denied", "bad", `is ${why}`, LIFT);
        case "waiting":
            return make("held", "bad", `waits for the removal brake: ${why}`, CONFIRM);
        case "refused":
            return /no room/.test(why)
                ? make("full", "bad", `has no room (${why})`, ROOM)
                : make(
                      "denied",
                      "bad",
                      `is refused: ${why}`,
                      "Correct the grant; change the setting that refuses it only if such grants are meant to come in.",
                  );
        case "pending":
            return make("pending", "bad", `is active, and ${missing(grant, facts)}${writerOf(facts)}`, bring(facts));
        case "scheduled":
            return make("not-yet", idle, `starts at ${startsAt}`, "Wait, or let it start earlier in the source.");
        case "ended":
            return make(
                "ended",
                idle,
                `ended at ${expiresAt}`,
                "If they still need it, extend the grant in the source.",
            );
    }
}

const LIFT = "Ask the person who denied it; only if it is over, lift the denial at the agent (DELETE /api/deny/ID).";

const CONFIRM =
    "Find out whether the removals in that reading are meant: correct the source if not, and confirm them (docs/explanation/removals.md) if so.";

const ROOM = "Add a zone to the membership and to the rule, or end grants that nobody needs.";

/** The addresses of the grant that are not in a zone. */
function missing({ ip }: StandingGrant, { zones, zoneIds }: WhyFacts): string {
    const asked = (zones.value ?? []).filter(({ id, status }) => zoneIds.includes(id) && status === "ACTIVE");
    const inside = mergeSpans(spansOf(asked.flatMap(({ gateways }) => gateways)));
    const out = ip.filter((range) => spansOf([range]).some((span) => !coversSpan(inside, span)));
    const some = out.map((range) => range.replace(/\/32$/, "")).join(", ");
    return out.length === 0 || out.length === ip.length ? "in no zone" : `${some} is in no zone`;
}

function bring({ agent }: WhyFacts): string {
    if (agent === undefined || agent.problem !== undefined) {
        return "See to it that an agent runs, or run zonekeeper sync with --config FILE or --state DIR, which know what is denied and held; if another writer changes the zone, stop it first.";
    }
    return "Look at the agent's log for why it has not written the zone; if another writer changes the zone, stop it first.";
}

/** The last writer of the zones, for a grant that is not in without a known reason. */
function writerOf({ changes, ownId }: WhyFacts): string {
    const [last] = changes.value ?? [];
    if (last === undefined) return "";
    const at = new Date(last.atMs).toISOString();
    const who = ownId !== undefined && ownId !== last.actorId ? "another writer, " : "";
    return `; ${who}${last.actorName} (${last.actorId}), was the last to write the zone, at ${at}`;
}

/** The zones that hold its addresses. */
function zoneOf({ ip }: StandingGrant, { zones, zoneIds }: WhyFacts): string {
    const asked = (zones.value ?? []).filter(({ id }) => zoneIds.includes(id));
    const holding = asked.filter(({ gateways }) => ip.some((range) => gateways.includes(range)));
    return holding.length === 0 ? "a zone" : holding.map(titleOf).join(", ");
}

function unusableLine({ id, field, reason }: Unusable): Line {
    const isIpv6 = field === "ip" && /IPv6/.test(reason);
    const next = isIpv6
        ? "Grant the IPv4 address from which they come: an IP zone holds IPv4 only."
        : `Correct ${field} of ${id} in the source.`;
    return {
        kind: "unusable",
        status: "bad",
        subject: id,
        message: `the entry ${id} cannot be used: ${field} ${reason}`,
        next,
    };
}
