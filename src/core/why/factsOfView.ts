import { kindOfHop } from "../chain/hop";
import { parseChain } from "../chain/ipChain";
import type { Unknown } from "../doctor/facts";
import { fail } from "../errors/errors";
import { userKey } from "../membership/denials";
import { THIS_AGENT } from "./agentLines";
import { readSubject, type Subject } from "./subject";
import { type Answer, why } from "./why";
import type { MembershipNow, WhyFacts } from "./whyFacts";

/** What a running agent has in memory; no request is made for it. */
export interface ViewFacts extends Omit<MembershipNow, "isKnown" | "heldBecause"> {
    readonly zones: readonly {
        readonly id: string;
        readonly name: string;
        readonly status?: "ACTIVE" | "INACTIVE";
        readonly usage?: "POLICY" | "BLOCKLIST";
        readonly gateways: readonly string[];
        readonly proxies: readonly string[];
    }[];
    readonly heldBecause?: string;
    readonly unusable: WhyFacts["unusable"];
    readonly source: { readonly healthy: boolean; readonly problem?: string; readonly lastReadAt?: string };
    readonly isLeading: boolean;
    readonly notReady: readonly string[];
    /** Whether grants are known at all. @default what the source and the grants say */
    readonly isKnown?: boolean;
}

/**
 * Why a person or an address is in, by what an agent has in memory: the answer of `why`, without the facts that only Okta has.
 *
 * @param text The text of the search: a login, a user id, an address or an IP chain.
 * @throws `bad-input` for anything else
 */
export function whyOfView(view: ViewFacts, text: string, nowMs: number): Answer {
    const answer = why(factsOfView(view, subjectOf(view, text), nowMs));
    const isFine = answer.inside === true && answer.lines.every(({ status }) => status !== "bad");
    // The agent knows only some of the org's blocklists.
    return {
        ...answer,
        ...(isFine && { next: ASK_OKTA }),
        lines: answer.lines.filter(({ kind, status }) => kind !== "blocked" || status !== "ok"),
    };
}

/** A login with @, or an id of Okta's. Anything else that no grant names was meant to be an address. */
const LOOKS_LIKE_A_USER = /@|^00u\w+$/;

function subjectOf(view: ViewFacts, text: string): Subject {
    const subject = readSubject(text);
    if (subject.kind === "event id" || subject.kind === "event file") {
        return fail("bad-input", "an event is looked up by zonekeeper why; give a login, an address or a chain");
    }
    const [last = ""] = text.split(",").slice(-1);
    if (subject.kind === "chain" || kindOfHop(last.trim()) === "IPv4") return subject;
    const key = userKey(subject.text);
    const isNamed = ({ user }: { readonly user?: string }) => user !== undefined && userKey(user) === key;
    if (LOOKS_LIKE_A_USER.test(text) || view.grants.some(isNamed) || view.unusable.some(isNamed)) return subject;
    return { kind: "chain", text: subject.text, chain: parseChain(subject.text) };
}

const ASK_OKTA =
    "If they cannot get in all the same, ask Okta as well: this answer has no rules, blocklists and sign-ins.";

const NOT_ASKED: Unknown = {
    name: "okta-unreachable",
    reason: "Okta was not asked",
    remedy: "Ask Okta as well, or run zonekeeper why --config with the agent's configuration.",
};

function factsOfView(view: ViewFacts, subject: Subject, nowMs: number): WhyFacts {
    const { grants, holds, heldBecause, staticGateways, source, isLeading, notReady } = view;
    const sourceProblem = source.healthy ? undefined : (source.problem ?? "the source cannot be read");
    return {
        nowMs,
        orgUrl: "Okta",
        subject: subject.text,
        zoneIds: view.zones.map(({ id }) => id),
        zones: { value: view.zones.map(zoneOf) },
        person: subject.kind === "person" ? { name: subject.text, user: { unknown: NOT_ASKED } } : undefined,
        chain: subject.kind === "chain" ? subject.chain : undefined,
        event: undefined,
        membership: {
            value: {
                ...{ grants, holds, heldBecause, staticGateways },
                isKnown: view.isKnown ?? (source.lastReadAt !== undefined || grants.length > 0),
            },
        },
        unusable: view.unusable,
        sourceProblem,
        clockProblem: undefined,
        agent: { at: THIS_AGENT, isLeading, notReady },
        policies: undefined,
        sessionPolicies: undefined,
        threatInsight: undefined,
        signIns: subject.kind === "person" ? { unknown: NOT_ASKED } : { value: [] },
        changes: { value: [] },
        ownId: undefined,
    };
}

function zoneOf({ status = "ACTIVE", usage = "POLICY", ...zone }: ViewFacts["zones"][number]) {
    return { ...zone, type: "IP", status, usage, system: false };
}
