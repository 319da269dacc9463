import { fail } from "../errors/errors";
import {
    type Block,
    blocksOf,
    isInsideZones,
    isRefused,
    metBy,
    type NamedZone,
    nameOf,
    roleOf,
    type ZoneRole,
} from "./access";
import { type ChainReading, type Evaluation, evaluateChain } from "./chain";
import { type ChangeText, describeChange } from "./describeChange";
import { applyEdits, type Edit } from "./edits";
import { hopProblem, kindOfHop } from "./hop";
import { smallestChange } from "./smallestChange";

/** The most zones whose reasons are in the sentence. */
const MOST_REASONS = 3;

const UNSETTLED = "After that, Okta's texts disagree about this request: explain it again then.";

export interface ExplainInput {
    /** At least one; their ids differ. */
    readonly zones: readonly NamedZone[];
    /** As parseChain gives it: the last address connects to Okta. */
    readonly chain: readonly string[];
    /** The name of the chain in messages. @default "the chain" */
    readonly chainName?: string;
    /** @default "lenient" */
    readonly reading?: ChainReading;
    /** The refusal in the request's event: see eventRefusal. @default it was not refused */
    readonly refusal?: string | undefined;
}

/** Whether a request is inside, why, and what would reverse that; of several zones, for all of them together. */
export interface Explanation extends Evaluation {
    /** A complete sentence, such as for a ticket. */
    readonly sentence: string;
    /** Whether the request is inside by each reading. */
    readonly readings: Readonly<Record<ChainReading, boolean>>;
    /** Whether a blocklist refuses the request before any policy is evaluated. */
    readonly refused: boolean;
    /** Each zone alone. */
    readonly zones: readonly ZoneExplanation[];
    /** The zone whose steps are shown: the one that decides, or else the first. */
    readonly decisive: ZoneExplanation;
    /** The smallest change that reverses the answer; undefined if there is none. */
    readonly change: Change | undefined;
    /** If only the lenient reading is inside: the smallest change after which both are. */
    readonly settle: Change | undefined;
}

export interface ZoneExplanation extends Evaluation {
    readonly zone: NamedZone;
    readonly role: ZoneRole;
}

export interface Change extends ChangeText {
    readonly edits: readonly Edit[];
}

/**
 * Explains whether a request is inside zones: one, or those of a rule ("in any of
 * the following zones") with the blocklists and the exempt zone of the org. What
 * inside means for several of them is the table of isInsideZones.
 *
 * @throws `bad-input` for no zone, and for a hop that decides and is neither an IPv4 nor an IPv6 address
 */
export function explainChain({ zones, chain, reading = "lenient", ...rest }: ExplainInput): Explanation {
    const met = zones.map((zone) => metBy(zone, chain));
    const evaluated = met.map((zone, index) => {
        return { zone: zones[index] ?? zone, role: roleOf(zone), ...evaluateChain(zone, chain, reading) };
    });
    checkHops(evaluated, chain, rest.chainName ?? "the chain");
    const readings = {
        lenient: isInsideZones(met, chain, "lenient"),
        strict: isInsideZones(met, chain, "strict"),
    };
    const blocks = blocksOf(met, chain);
    const decision = decide(evaluated, blocks, readings[reading]);
    const ambiguous = readings.lenient !== readings.strict;
    const changeIn = (how: ChainReading) => changeOf(smallestChange(zones, chain, how), zones, chain);
    const answer = {
        inside: readings[reading],
        reason: decision.reason,
        ambiguous,
        steps: decision.decisive.steps,
        readings,
        refused: isRefused(blocks),
        zones: evaluated,
        decisive: decision.decisive,
        change: changeIn(reading),
        settle: ambiguous && reading === "lenient" ? changeIn("strict") : undefined,
    };
    if (rest.refusal === undefined) return { sentence: sentenceOf(answer, chain), ...answer };
    return { sentence: refusedSentence(rest.refusal, answer, chain), ...answer, refused: true };
}

/** Every evaluated hop has to be an address, or one that a proxy hid on purpose, which is in no zone. */
function checkHops(evaluated: readonly ZoneExplanation[], chain: readonly string[], chainName: string): void {
    const policies = evaluated.filter(({ role }) => role === "policy");
    const walked = policies.length > 0 ? policies : evaluated.filter(({ inside }) => !inside);
    const looked = new Set(walked.flatMap(({ steps }) => steps.map(({ ip }) => ip)));
    for (const [index, hop] of chain.entries()) {
        const problem = looked.has(hop) && kindOfHop(hop) === "unreadable" ? hopProblem(hop) : undefined;
        if (problem !== undefined) fail("bad-input", `address ${index + 1} of ${chainName} ${problem}`);
    }
}

function changeOf(
    edits: readonly Edit[] | undefined,
    zones: readonly NamedZone[],
    chain: readonly string[],
): Change | undefined {
    if (edits === undefined) return undefined;
    const { todo, notes } = describeChange(edits, zones, chain);
    const after = applyEdits(zones, edits);
    const isSettled = isInsideZones(after, chain, "lenient") === isInsideZones(after, chain, "strict");
    return { todo, notes: isSettled ? notes : [...notes, UNSETTLED], edits };
}

/** The reason, and its zone. */
function decide(
    evaluated: readonly ZoneExplanation[],
    blocks: readonly Block[],
    inside: boolean,
): { readonly reason: string; readonly decisive: ZoneExplanation } {
    const [only = nothingToExplain(), ...others] = evaluated;
    if (others.length === 0) return { reason: only.reason, decisive: only };
    const having = (role: ZoneRole) => evaluated.filter((each) => each.role === role);
    const block = blocks.find(({ isExempt }) => !isExempt);
    if (block !== undefined) {
        const decisive = evaluated.find(({ zone }) => zone.id === block.zone.id) ?? only;
        return { reason: blockReason(block, having("exempt")), decisive };
    }
    const asked = [having("policy"), having("blocklist")].find(({ length }) => length > 0) ?? evaluated;
    const decisive = asked.find((each) => each.inside) ?? asked[0] ?? only;
    const isLifted = blocks.length > 0 && decisive.role === "blocklist";
    const told = isLifted ? [] : inside ? [decisive] : asked;
    const prefix = ({ zone }: ZoneExplanation) => (asked.length === 1 ? "" : `in ${nameOf(zone)}: `);
    const some = told.slice(0, MOST_REASONS).map((each) => `${prefix(each)}${each.reason}`);
    const more = told.length > some.length ? [`and ${told.length - some.length} zones more`] : [];
    const lifted = blocks.map(({ ip, zone }) => `${ip} is on the blocklist ${nameOf(zone)}, and exempt`);
    return { reason: [...some, ...more, ...lifted].join("; "), decisive };
}

function nothingToExplain(): never {
    return fail("bad-input", "there is no zone to explain: name one");
}

function blockReason({ ip, zone, entry }: Block, exempt: readonly ZoneExplanation[]): string {
    const still = exempt.length === 0 ? "" : ", and is not exempt";
    return `${ip} is in the gateway ${entry} of the blocklist ${nameOf(zone)}${still}; Okta asks blocklists before any policy`;
}

/** The sentence for a request that Okta refused; the given zones may not show why. */
function refusedSentence(refusal: string, answer: Omit<Explanation, "sentence">, chain: readonly string[]): string {
    const which = answer.refused ? "" : ", by a blocklist that is not among the zones that were given";
    const today = sentenceOf(answer, chain).replace(/^A request/, "a request");
    return `This request was let in by no rule: ${refusal}${which}. By these zones, ${today}`;
}

function sentenceOf(
    { inside, reason, refused, zones }: Omit<Explanation, "sentence">,
    chain: readonly string[],
): string {
    const of = (role: ZoneRole) => zones.filter((each) => each.role === role);
    const [kind, asked] = [
        ["zone", of("policy")] as const,
        ["blocklist", of("blocklist")] as const,
        ["exempt zone", of("exempt")] as const,
    ].find(([, { length }]) => length > 0) ?? ["zone", zones];
    const names = asked.length <= MOST_REASONS ? ` ${asked.map(({ zone }) => nameOf(zone)).join(", ")}` : "";
    const each = `${inside ? "at least one" : "each"} of the ${asked.length} ${kind}s${names}`;
    const where = `${inside ? "inside" : "outside"} ${asked.length === 1 ? `the ${kind}${names}` : each}`;
    const what = {
        zone: refused ? "refused by Okta, whatever the zones of a rule say" : where,
        blocklist: refused ? `${where}, and Okta refuses it` : asked.some((it) => it.inside) ? "not refused" : where,
        "exempt zone": where,
    }[kind];
    return `A request through ${chain.join(", ")} is ${what}: ${reason}.`;
}
