import { codeNamed } from "../../core/errors/codes";
import type { CodeName } from "../../core/errors/codeTable";
import { nameOfRefusal } from "../../core/membership/refusalCode";
import { departureText } from "../../core/time/departureText";
import type { AgentEvent } from "./events";
import type { DenialTarget, GrantChange } from "./grantEvents";
import type { MemberChange } from "./groupEvents";
import type { WriteIntended } from "./zoneEvents";

/** The events of one type; some share an interface. */
export type EventOf<Type, Each = AgentEvent> = Each extends { readonly type: infer Own }
    ? Type extends Own
        ? Each
        : never
    : never;

type Sentences = { readonly [Type in AgentEvent["type"]]: (event: EventOf<Type>) => string };

/** More addresses or names than these are counted instead. */
const MOST_NAMED = 3;

/**
 * An event as a sentence for people, without a full stop. An event that may need action ends with its stable code.
 * Contains texts of the source unchanged: escape it.
 */
export function sentenceOf(event: AgentEvent | { readonly type: `ledger.${string}` }): string {
    if (!isOfAgent(event)) return event.type.replaceAll(".", " ");
    const sentence = (SENTENCES[event.type] as (event: AgentEvent) => string)(event);
    const name = nameOf(event);
    return name === undefined || /\[ZK\d+\]$/.test(sentence) ? sentence : `${sentence} [${codeNamed(name).code}]`;
}

/** The code of an event that is not a failure with a code of its own. */
function nameOf(event: AgentEvent): CodeName | undefined {
    switch (event.type) {
        case "grant.refused":
            return nameOfRefusal(event);
        case "removals.held":
            return "removals-held";
        case "zone.ineffective":
            return event.status === "INACTIVE" ? "zone-inactive" : "zone-blocklist";
        case "removals.above-limit":
            return "removals-above-limit";
        case "drift.found":
        case "members.drift":
            return "drift-found";
        case "sessions.failed":
            return "sessions-kept";
        case "clock.departed":
            return "clock-departed";
        case "write.accepted":
            return (event.overstaySeconds ?? 0) > LONG_OVERSTAY_S ? "overstay" : undefined;
        default:
            return undefined;
    }
}

/** The time that Okta takes to propagate a change, in seconds. */
const LONG_OVERSTAY_S = 60;

/** Events of the ledger itself have no sentence here. */
function isOfAgent(event: { readonly type: string }): event is AgentEvent {
    return Object.hasOwn(SENTENCES, event.type);
}

const SENTENCES: Sentences = {
    "agent.started": ({ version, zones, source }) =>
        `Zonekeeper ${version} keeps ${listed(zones, "zones")} with the grants from ${source}`,
    "agent.stopped": ({ why }) => `the agent ends: ${why}`,
    "leader.gained": ({ lock }) => `this agent leads now; it holds the ${lock}`,
    "leader.lost": ({ lock }) => `this agent stands by and writes nothing; it lost the ${lock}`,
    "membership.removed": ({ membership, zones, group }) =>
        `the membership ${membership} is kept no more; its zones stay as they are: ${listed(zones, "zones")}` +
        (group === undefined ? "" : `; so do the members of its group ${group}`),
    "configuration.reloaded": ({ changed }) =>
        `the configuration was read again; different: ${changed.join(", ") || "nothing"}`,
    "grants.accepted": ({ grants, active, unusable, changed }) =>
        [
            `the source has ${count(grants, "grant")}, ${active} active`,
            ...(unusable > 0 ? [`${unusable} unusable`] : []),
            ...changesOf(changed),
        ].join(", "),
    "grants.unreadable": ({ why, outcome }) =>
        `the source cannot be read, and ${outcome === "kept" ? "the last grants stay in force" : "nobody is let in any more"}: ${why}`,
    "grants.readable": ({ seconds: lasted }) => `the source can be read again, after ${seconds(lasted)}`,
    "grant.refused": ({ id, reason }) => `the grant ${id} is refused: ${reason}`,
    "removals.held": ({ held, why }) =>
        `${listed(held, "addresses")} stay until their removal is confirmed${why === undefined ? "" : ` (${why})`}`,
    "removals.released": ({ held }) => `nothing is held any more, ${listed(held, "addresses")} before`,
    "removals.above-limit": ({ grants, most }) =>
        `removed by name: ${listed(grants, "grants")}; with the others of the last minutes more than maxRemovals allows (${most})`,
    "removals.confirmed": ({ held, by, reason }) =>
        `${by} confirmed the removal of ${listed(held, "addresses")}${reason === undefined ? "" : `: ${reason}`}`,
    "access.denied": (event) =>
        `${event.by} denied ${targetOf(event)} ${event.until === undefined ? "until it is lifted" : `until ${event.until}`}: ${event.reason}`,
    "access.allowed": (event) =>
        `${event.by} lifted the denial of ${targetOf(event)}${event.reason === undefined ? "" : `: ${event.reason}`}`,
    "write.intended": (event) => `${event.zone} is to be written: ${movesOf(event)}`,
    "write.accepted": ({ zone, status, latencySeconds, overstaySeconds }) =>
        [
            `Okta took the write of ${zone} (${status})`,
            ...(latencySeconds === undefined ? [] : [`${seconds(latencySeconds)} after the source changed`]),
            ...(overstaySeconds === undefined
                ? []
                : [`${seconds(overstaySeconds)} after the last of the grants ended`]),
        ].join(", "),
    "write.failed": ({ zone, why, isOpen }) =>
        `the write of ${zone} failed${isOpen ? ", and Okta may have carried it out" : ""}: ${why}`,
    "write.settled": ({ zone, outcome }) =>
        `a write of ${zone} whose fate was open was ${outcome.replaceAll("-", " ")}`,
    "zone.verified": ({ zone }) => `${zone} shows what was written`,
    "drift.found": ({ zone, added, removed, by, outcome }) =>
        [
            `${by ?? "another writer"} changed ${zone}`,
            ...(added.length > 0 ? [`added ${listed(added, "addresses")}`] : []),
            ...(removed.length > 0 ? [`removed ${listed(removed, "addresses")}`] : []),
            outcome === "healed"
                ? "and it is put right"
                : "and it is left so until the zone is written again, as configured",
        ].join(", "),
    "zone.lost": ({ zone, why }) => `${zone} is gone, and the other zones are kept: ${why}`,
    "zone.found": ({ zone }) => `${zone} is there again`,
    "zone.ineffective": ({ zone, status, usage, by }) => {
        const writer = by === undefined ? "" : `, last written by ${by}`;
        if (status === "INACTIVE") return `${zone} is INACTIVE${writer}: nobody is inside it until it is activated`;
        return `${zone} is a ${usage}${writer}: Okta refuses every request from the granted addresses, for all apps`;
    },
    "zone.effective": ({ zone }) => `${zone} is active and for policies again`,
    "member.intended": (event) => `${event.user} is to be ${moveOf(event)} (${event.why})`,
    "member.accepted": (event) => `${event.user} was ${moveOf(event)} (${event.status})`,
    "member.failed": (event) =>
        `${event.user} could not be ${moveOf(event)}${event.isOpen ? ", or Okta has done it all the same" : ""}: ${event.why}`,
    "member.settled": (event) =>
        `that ${event.user} was to be ${moveOf(event)}, whose fate was open, was ${event.outcome.replaceAll("-", " ")}`,
    "members.drift": ({ group, added, removed, outcome }) =>
        [
            `another writer changed the members of the group ${group}`,
            ...(added.length > 0 ? [`added ${listed(added, "users")}`] : []),
            ...(removed.length > 0 ? [`removed ${listed(removed, "users")}`] : []),
            outcome === "healed" ? "and it is put right" : "and it is left so, as configured",
        ].join(", "),
    "sessions.cleared": ({ user }) => `Okta ended the sessions of ${user}`,
    "sessions.failed": ({ user, why, attempts }) =>
        `the sessions of ${user} could not be ended, after ${count(attempts, "attempt")}: ${why}`,
    "clock.departed": ({ aheadSeconds, from }) => departureText({ byMs: aheadSeconds * 1000, from }),
    "clock.agrees": () => "this machine's clock agrees with Okta's time again: grants start and end by it",
};

function changesOf(changed: readonly GrantChange[]): string[] {
    return (["granted", "changed", "withdrawn"] as const).flatMap((change) => {
        const ids = changed.filter((each) => each.change === change).map(({ id }) => id);
        return ids.length === 0 ? [] : [`${change}: ${listed(ids, "grants")}`];
    });
}

function moveOf({ change, group }: MemberChange): string {
    return change === "add" ? `put into the group ${group}` : `taken out of the group ${group}`;
}

function targetOf({ user, address, grant }: DenialTarget): string {
    if (user !== undefined) return `the user ${user}`;
    return grant === undefined ? `the address ${address}` : `the grant ${grant}`;
}

/** The addresses that are added and removed, with the users of the grants. */
function movesOf({ changes }: WriteIntended): string {
    const moves = (["add", "remove"] as const).flatMap((change) => {
        const moved = changes.filter((each) => each.change === change);
        const [only] = moved;
        if (only === undefined) return [];
        const who = only.grants.map(({ id, user }) => user ?? id);
        const named = moved.length === 1 && who.length > 0 ? ` for ${listed(who, "people")}` : "";
        const because = moved.every(({ why }) => why === only.why) ? ` (${only.why}${named})` : "";
        return [
            `${change} ${listed(
                moved.map(({ address }) => address),
                "addresses",
            )}${because}`,
        ];
    });
    return moves.join("; ") || "no address moves";
}

/** Up to MOST_NAMED by name, more by number. */
function listed(names: readonly string[], kind: string): string {
    return names.length <= MOST_NAMED ? names.join(", ") || `no ${kind}` : `${names.length} ${kind}`;
}

function count(number: number, one: string): string {
    return `${number} ${one}${number === 1 ? "" : "s"}`;
}

function seconds(value: number): string {
    return `${value < 10 ? Number(value.toFixed(2)) : Math.round(value)} s`;
}
