import type { Adopted, Adoption, ForeignZone } from "../../core/adopting/adopt";
import { oneLine } from "../../core/errors/quote";
import type { Unusable } from "../../core/grants/grantsDocument";
import { judgeZoneName } from "../../core/judging/judgeZone";
import type { NamingRules } from "../facts/rulesNaming";
import { shellWord } from "../terminal/shellWord";
import { describeRefusal, describeUnusable } from "./describeRound";

export interface DescribeOptions {
    readonly zone: ForeignZone;
    readonly adoption: Adoption;
    /** What was left out of the grants document. */
    readonly unusable: readonly Unusable[];
    /** What the stack has to say: texts, or what is written as JSON. */
    readonly settings: Readonly<Record<string, unknown>>;
    readonly stack: string;
    /** What the program calls its GrantedAccess. */
    readonly name: string;
    /** Where Okta is, if that was said. */
    readonly okta: string | undefined;
    /** Rules that admit the zone. @default none */
    readonly naming?: NamingRules;
    /** Grants for entries without a grant, and the document for them. @default none */
    readonly expiring?: { readonly written: readonly object[]; readonly into: string };
    /** Who keeps the gateways from then on: see describeWriters. */
    readonly keepers: readonly string[];
}

/** What an adoption means, and how to do it, for people. */
export function describeAdoption({ zone, adoption, unusable, keepers, ...rest }: DescribeOptions): string {
    const { gateways, decisions, add, refused } = adoption;
    const width = Math.max(0, ...gateways.map(({ range }) => range.length));
    return [
        `Zone "${oneLine(zone.name)}" (${zone.id}): ${zone.status}, ${counted(gateways.length, "gateway")}`,
        ...gateways.map((gateway) => `  ${gateway.range.padEnd(width)}  ${fateOf(gateway)}`),
        ...zone.proxies.map((proxy) => `  trusted proxy ${proxy}`),
        ...list("Not inside so far, and comes in:", add),
        ...list("Refused:", refused.map(describeRefusal)),
        ...list("Left out of the document:", unusable.map(describeUnusable)),
        ...ruleLines(rest.naming),
        ...expiringLines(rest.expiring),
        ...list("DECIDE FIRST. The first `pulumi up` would change more than the grants say:", decisions, "! "),
        "",
        decisions.length > 0 ? "When that is settled, in the project's folder:" : "In the project's folder:",
        ...commands(zone.id, rest).map((line) => `  ${line}`),
        "",
        ...keepers,
        "",
        ...exemption(adoption.settings.zoneName.trim(), rest.stack),
        "Neither this command nor the import writes anything to Okta. Rules that name the zone go on as they are.",
        "Stop every other writer of the zone, such as a Knocknoc agent, before `pulumi up`: a zone has one writer.",
    ].join("\n");
}

/** Without an existing rule, the program would create a policy and a rule. */
function ruleLines({ rules, unknown }: NamingRules = { rules: [] }): string[] {
    const lines = rules.map(({ policyId, policyName, rule }) => {
        const which = `the rule "${oneLine(rule.name)}" (${rule.id}) of the policy "${oneLine(policyName)}" (${policyId})`;
        return `Who is inside is let in by ${which}, which stays as it is.`;
    });
    const several =
        "Set zonekeeper:policyId and zonekeeper:ruleId to one of them: else the program makes a policy and a rule of its own.";
    const why = `It is not known which rules name the zone (${unknown}): set zonekeeper:policyId and zonekeeper:ruleId where there is one.`;
    return [...lines, ...(rules.length > 1 ? [several] : []), ...(unknown === undefined ? [] : [oneLine(why)])];
}

/** Without these in the document, the first deployment takes those out who are inside by them. JSON is YAML, too. */
function expiringLines(
    { written, into }: NonNullable<DescribeOptions["expiring"]> = { written: [], into: "" },
): string[] {
    const title = `First put these grants, which end, into ${oneLine(into)}: without them, those who have none go out.`;
    return list(
        title,
        written.map((grant) => `- ${JSON.stringify(grant)}`),
    );
}

/** The policy pack wants the name of the stack in that of each zone, and an adopted zone keeps its own. */
function exemption(zoneName: string, stack: string): string[] {
    if (judgeZoneName(zoneName, stack.split("/").at(-1) ?? stack).length === 0) return [];
    const config = JSON.stringify({ "zone-without-stack-name": { exemptZones: [zoneName] } });
    return [
        "The policy pack refuses the name, which is not that of the stack (zone-without-stack-name). To keep it, put this",
        "into a file, and name that with --policy-pack-config wherever --policy-pack is given:",
        `  ${oneLine(config)}`,
        "",
    ];
}

function fateOf({ fate, grantIds }: Adopted): string {
    const grants = oneLine(grantIds.join(", "));
    const fates = {
        granted: `stays: granted by ${grants}`,
        static: `stays, as a static gateway: ${grants === "" ? "no active grant has it" : `${grants} does not hold all of it`}`,
        sentinel: "is the sentinel: admits nobody",
        kept: "stays: it is not IPv4, and Zonekeeper keeps it as Okta has it",
    };
    return fates[fate];
}

function commands(
    zoneId: string,
    { settings, stack, name, okta }: Omit<DescribeOptions, "zone" | "adoption" | "unusable" | "keepers">,
) {
    const own = [
        ...(name === "access" ? [] : ["--name", name]),
        ...(okta === undefined ? [] : ["--okta", shellWord(okta)]),
    ];
    return [
        ...Object.entries(settings).map(
            ([key, value]) => `pulumi config set --stack ${stack} -- zonekeeper:${key} ${shellWord(text(value))}`,
        ),
        ["npx zonekeeper adopt", zoneId, ...own, "--json > adopt.json"].join(" "),
        `pulumi import --stack ${stack} --file adopt.json --generate-code=false`,
        `pulumi preview --stack ${stack} --diff`,
        `pulumi up --stack ${stack}`,
    ];
}

/** As settings take it: a list of texts with commas, all else as JSON. */
function text(value: unknown): string {
    if (typeof value === "string") return value;
    return Array.isArray(value) ? value.join(",") : JSON.stringify(value);
}

function list(title: string, items: readonly string[], mark = ""): string[] {
    return items.length === 0 ? [] : [title, ...items.map((item) => `  ${mark}${item}`)];
}

function counted(count: number, what: string): string {
    return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
