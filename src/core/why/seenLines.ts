import { coversSpan, mergeSpans } from "../addresses/spans";
import type { NamedZone } from "../chain/access";
import { type Explanation, explainChain } from "../chain/explainChain";
import { kindOfHop, mappedHint, spanOfHop } from "../chain/hop";
import { hasCode } from "../errors/errors";
import { standingOfAddress } from "../membership/standing";
import { isExemptZone } from "../reasons/blocklists";
import type { SignIn } from "./signIn";
import { addressesOf, type Followed, isIn, spansOf } from "./whose";
import type { Line, WhyFacts } from "./whyFacts";

/** How many sign-ins are reported, each from a different address. */
const MOST = 3;

/**
 * Lines about the sign-ins of a person. The latest is evaluated with the zones as they are now; the others are only listed.
 *
 *   Okta saw                                                       kind            status
 *   that it refused the request before any policy                  blocked         bad
 *   IPv6, where it decides                                         ipv6-client     bad
 *   a chain that is inside                                         seen            ok
 *   a granted address behind one that is no trusted proxy          proxy           bad
 *   another address than what is granted                           other-address   bad
 */
export function signInLines(facts: Followed): Line[] {
    if (facts.signIns.unknown !== undefined) {
        const message = `what Okta saw at the latest sign-in could not be read: ${facts.signIns.unknown.reason}`;
        return [{ kind: "seen", status: "unknown", subject: "System Log", message }];
    }
    const events = facts.event === undefined ? facts.signIns.value : [facts.event];
    if (events.length === 0 && facts.person !== undefined) {
        const message = "the System Log has no sign-in of theirs in the last day";
        return [{ kind: "seen", status: "ok", subject: "System Log", message }];
    }
    const places = new Set<string>();
    const told = events.filter(({ chain }) => !places.has(chain.join()) && places.add(chain.join()));
    return told.slice(0, MOST).map((event, index) => {
        const line = judged(event.chain, whenOf(event), facts, event.refusal);
        if (index === 0 || line.status === "ok") return line;
        return { ...line, kind: "seen", status: "unknown", message: `before that, ${line.message}` };
    });
}

/**
 * Lines about the address or chain of the question, and why it is inside without a grant of its own:
 *
 *   an address is inside                            kind    status
 *   as a static gateway                             seen    ok
 *   until its removal is confirmed                  held    unknown
 *   because another writer put it there, or a       drift   bad
 *   grant was removed
 */
export function chainLines(facts: Followed): Line[] {
    const { chain, event } = facts;
    if (chain === undefined || event !== undefined) return [];
    return [...standingLines(chain, facts), judged(chain, undefined, facts, undefined)];
}

function standingLines(chain: readonly string[], facts: Followed): Line[] {
    const { membership, zones, zoneIds } = facts;
    const explanation = explained(chain, facts);
    const span = spanOfHop(explanation?.steps.at(-1)?.ip ?? "");
    if (!explanation?.inside || span === undefined || membership?.value === undefined) return [];
    if (facts.own.grants.some(isIn)) return [];
    const asked = (zones.value ?? []).filter(({ id, status }) => zoneIds.includes(id) && status === "ACTIVE");
    const gateways = asked.flatMap((zone) => zone.gateways);
    const { isRemembered = true } = membership.value;
    const { because } = standingOfAddress({ ...membership.value, isRemembered, gateways }, span);
    const ip = explanation.steps.at(-1)?.ip ?? "";
    const make = (kind: Line["kind"], status: Line["status"], next?: string): Line[] => {
        return [{ kind, status, subject: ip, message: `${ip}: ${because}`, next }];
    };
    if (/another writer/.test(because)) {
        const next = "grant the address if it is meant.";
        return make(
            "drift",
            "bad",
            isRemembered ? `Find out who writes the zone, and ${next}` : `${ASK_AGAIN} ${next}`,
        );
    }
    return /static gateway$/.test(because) ? make("seen", "ok") : make("held", "unknown");
}

function whenOf({ eventType, atMs, result }: SignIn): string {
    const how = result === undefined ? eventType : `${eventType}, ${result}`;
    return `at ${new Date(atMs).toISOString()} (${how})`;
}

/** Whether Okta would find this chain inside; undefined where the zones are not known. */
export function isChainIn(chain: readonly string[], facts: WhyFacts): boolean | undefined {
    const explanation = explained(chain, facts);
    return explanation?.inside && !explanation.ambiguous;
}

function judged(
    chain: readonly string[],
    when: string | undefined,
    facts: Followed,
    refusal: string | undefined,
): Line {
    const path = chain.length === 1 ? `${chain[0]}` : `the chain ${chain.join(", ")}`;
    const saw = when === undefined ? path : `Okta saw ${path} ${when}`;
    const make = (kind: Line["kind"], status: Line["status"], said: string, next?: string): Line => {
        const message = said.startsWith(`${saw},`) ? said : `${saw}: ${said}`;
        return { kind, status, subject: chain.join(", "), message, next };
    };
    if (refusal !== undefined) {
        return make("blocked", "bad", refusal, /^ThreatInsight/.test(refusal) ? SUSPICIOUS : OFF_THE_LIST);
    }
    const explanation = explained(chain, facts);
    if (explanation === undefined) return make("seen", "unknown", "the zones are not known");
    const { inside, ambiguous, refused, reason, steps, change, settle } = explanation;
    if (refused) return make("blocked", "bad", reason, OFF_THE_LIST);
    if (inside && !ambiguous) return make("seen", "ok", when === undefined ? reason : `inside: ${reason}`);
    const decisive = steps.at(-1)?.ip ?? chain.at(-1) ?? "";
    if (kindOfHop(decisive) === "IPv6") {
        const why = `it is IPv6, and an IP zone holds IPv4, so it is in no zone${mappedHint(decisive)}`;
        return make("ipv6-client", "bad", why, NO_IPV6);
    }
    if (chain.length > 1 && (ambiguous || chain.some((hop) => isGranted(hop, facts)))) {
        const todo = settle ?? change;
        const next =
            todo === undefined ? undefined : `${sentence(todo.todo)} ${[...new Set(todo.notes)].join(" ")}`.trim();
        return make("proxy", "bad", reason, next);
    }
    return when === undefined ? make("outside", "bad", reason) : otherAddress(chain, facts, make, reason);
}

type Make = (kind: Line["kind"], status: Line["status"], said: string, next?: string) => Line;

function otherAddress(chain: readonly string[], facts: Followed, make: Make, reason: string): Line {
    const own = facts.own.grants.filter(({ state }) => state !== "ended" && state !== "scheduled");
    const [first, ...more] = own;
    if (first === undefined) return make("other-address", "bad", reason);
    const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
    const next =
        `If ${chain.at(-1)} is theirs, grant that address; if not, let them come from ${addressesOf(first)}, ` +
        "for example through the VPN.";
    return make("other-address", "bad", `the grant ${first.id} is for ${addressesOf(first)}${rest}`, next);
}

const ASK_AGAIN =
    "Ask again with --state or --config, which tells a removed grant from another writer (System Log: zone.update);";

const OFF_THE_LIST =
    "Find out why the address is blocked before anything else; take it off the blocklist only if that is a mistake.";

const SUSPICIOUS =
    "Look at that event in the System Log for what ThreatInsight found; let them come from another address until it lets this one in again.";

const NO_IPV6 = "Let them connect to Okta over IPv4: turn IPv6 off on that network, or use a VPN that has IPv4 only.";

function sentence(todo: string): string {
    return `${todo.charAt(0).toUpperCase()}${todo.slice(1)}.`;
}

function isGranted(hop: string, facts: Followed): boolean {
    const span = spanOfHop(hop);
    const ranges = facts.own.grants.filter(isIn).flatMap(({ ip }) => ip);
    return span !== undefined && coversSpan(mergeSpans(spansOf(ranges)), span);
}

/** By the zones that were asked for, with the blocklists and the exempt zone of the org. */
function explained(chain: readonly string[], { zones, zoneIds }: WhyFacts): Explanation | undefined {
    if (zones.value === undefined) return undefined;
    const all = zones.value.filter(
        ({ type, status }) => type === "IP" && (status === "ACTIVE" || status === "INACTIVE"),
    );
    const before = all.filter((zone) => zone.usage === "BLOCKLIST" || isExemptZone(zone));
    const asked = all.filter((zone) => zoneIds.includes(zone.id) && !before.includes(zone));
    if (asked.length === 0) return undefined;
    const named = [...asked, ...before].map((zone): NamedZone => {
        const { id, name, gateways, proxies, status, usage, system } = zone;
        return {
            id,
            name,
            gateways,
            proxies,
            status: status === "ACTIVE" ? "ACTIVE" : "INACTIVE",
            usage: usage === "BLOCKLIST" ? "BLOCKLIST" : "POLICY",
            isSystem: system,
            isExempt: isExemptZone(zone),
        };
    });
    try {
        return explainChain({ zones: named, chain });
    } catch (error) {
        // The deciding hop is not an address: a proxy wrote it.
        if (hasCode(error, "bad-input")) return undefined;
        throw error;
    }
}
