import { quote } from "../errors/quote";
import { SENTINEL } from "../zones/zone";
import type { Finding } from "./judge";

/** Okta's own zones, whose names are fixed. */
const SYSTEM_ZONES = ["LegacyIpZone", "BlockedIpZone", "DefaultExemptIpZone", "DefaultEnhancedDynamicZone"];

export interface RuleZone {
    /** The zone's name. */
    readonly subject: string;
    /** Undefined when they are not known yet. */
    readonly gateways: readonly unknown[] | undefined;
    /** Whether an update of the zone ignores the gateways. */
    readonly ignoresGateways: boolean;
}

/** Checks a zone that a rule admits: never empty, and never overwritten with the gateways of the program. */
export function judgeRuleZone({ subject, gateways, ignoresGateways }: RuleZone): Finding[] {
    const problems: string[] = [];
    if (gateways?.length === 0) {
        problems.push(`a rule lets in by this zone, which has no gateway: give it the sentinel ${SENTINEL}`);
    }
    if (!ignoresGateways) {
        problems.push(
            'a rule lets in by this zone, and an update of it would evict who holds a grant: add ignoreChanges: ["gateways"]',
        );
    }
    return problems.map((problem) => ({ rule: "rule-zone-unkept", subject, problem }));
}

/**
 * Checks the name of a zone: two stacks in one org, each with a zone "Staff", could not be distinguished in Okta's
 * console and log.
 */
export function judgeZoneName(name: string, stack: string): Finding[] {
    if (SYSTEM_ZONES.includes(name) || wordsOf(name).includes(` ${wordsOf(stack).trim()} `)) return [];
    const problem = `the name ${quote(name)} does not carry the name of the stack: call it ${quote(`${name} (${stack})`)}`;
    return [{ rule: "zone-without-stack-name", subject: name, problem }];
}

/** Only letters and digits count, in either case: "Zone (Prod-EU)" carries "prod-eu". */
function wordsOf(text: string): string {
    return ` ${text
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u)
        .filter((word) => word !== "")
        .join(" ")} `;
}

/**
 * Checks that a resource is protected. Deleting a policy moves its apps to the org's default policy; deleting a zone
 * evicts every user in it.
 */
export function judgeProtection(subject: string, isProtected: boolean): Finding[] {
    if (isProtected) return [];
    const problem = "a slip in the program could delete or replace it in production: set protect: true";
    return [{ rule: "unprotected-in-production", subject, problem }];
}
