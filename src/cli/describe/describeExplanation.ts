import { spanOf } from "../../core/addresses/ip";
import { nameOf } from "../../core/chain/access";
import { type ChainReading, covers, type Step } from "../../core/chain/chain";
import type { Change, Explanation, ZoneExplanation } from "../../core/chain/explainChain";
import { table } from "./table";

export interface DescribeOptions {
    readonly explanation: Explanation;
    readonly chain: readonly string[];
    readonly reading: ChainReading;
}

/** The answer for people: the sentence, hop by hop how it came to be, and what would change it. */
export function describeExplanation({ explanation, chain, reading }: DescribeOptions): string {
    const { sentence, zones, decisive, change, settle } = explanation;
    return [
        sentence,
        "",
        ...(zones.length > 1 ? [zoneTable(zones), "", `    In ${nameOf(decisive.zone)}:`, ""] : []),
        hopTable(decisive, chain, reading),
        ...advice(`To be inside to both of Okta's texts`, settle),
        ...advice(aimOf(explanation), change),
    ].join("\n");
}

function zoneTable(zones: readonly ZoneExplanation[]): string {
    const kinds = { policy: "for rules", blocklist: "blocklist", exempt: "exempt" };
    return table(
        ["zone", "kind", "answer"],
        zones.map(({ zone, role, inside, ambiguous }) => {
            const answer = inside ? "inside" : "outside";
            return [nameOf(zone), kinds[role], `${answer}${ambiguous ? ", to one of Okta's texts" : ""}`];
        }),
    );
}

/** The hops in the order in which Okta evaluates them: from the one that connects to Okta to the client. */
function hopTable(
    { zone, role, steps, inside }: ZoneExplanation,
    chain: readonly string[],
    reading: ChainReading,
): string {
    const rows = [...chain].reverse().map((ip, index): string[] => {
        const step = steps[index];
        const isLast = index === steps.length - 1;
        const ends = isLast && (inside || (step?.match === "none" && (index === 0 || reading === "strict")));
        const remarks = [
            index === 0 ? "connects to Okta" : "",
            step === undefined ? "not looked at" : "",
            role === "policy" && ends ? "decides" : "",
            role === "policy" && step?.match === "none" && !ends ? "passed over" : "",
        ];
        return [String(index + 1), ip, matchOf(step), entryOf(step), remarks.filter((it) => it !== "").join(", ")];
    });
    return table(["hop", "address", "match", "entry", ""], rows);

    function entryOf(step: Step | undefined): string {
        if (step === undefined || step.match === "none") return "";
        const list = step.match === "gateway" ? zone.gateways : zone.proxies;
        return list.find((entry) => covers(entry, spanOf(step.ip))) ?? "";
    }
}

function matchOf(step: Step | undefined): string {
    return step === undefined ? "" : { gateway: "gateway", proxy: "trusted proxy", none: "none" }[step.match];
}

function aimOf({ inside, refused, zones }: Explanation): string {
    const isThere = (role: ZoneExplanation["role"]) => zones.some((each) => each.role === role);
    if (isThere("policy")) return inside ? "To be outside" : refused ? "To be let through" : "To be inside";
    if (isThere("blocklist")) return inside ? "To be refused no longer" : "To be refused";
    return inside ? "To be exempt no longer" : "To be exempt";
}

function advice(aim: string, change: Change | undefined): string[] {
    return change === undefined ? [] : ["", `${aim}: ${change.todo}.`, ...change.notes.map((note) => `  ${note}`)];
}
