import type { z } from "zod";

import { fail } from "../errors/errors";
import { nearest } from "../errors/nearest";
import { quote } from "../errors/quote";
import { keysAt, type MembershipDocument, type SeveralDocument } from "./agentSchema";

/** The words for the types of values, for settings without a message of their own. */
const KINDS: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    object: "a map of settings",
    record: "a map",
    array: "a list",
};

export function problemOfType(issue: z.core.$ZodRawIssue): string | undefined {
    if (issue.code !== "invalid_type") return undefined;
    return issue.input === undefined ? "is missing" : `is not ${KINDS[issue.expected] ?? issue.expected}`;
}

/** @throws `bad-input` with a sentence on each setting that is wrong */
export function failWith(error: z.ZodError, document: object, form: "one" | "several"): never {
    return fail(
        "bad-input",
        [...new Set(error.issues.flatMap((issue) => problemsOf(issue, document, form)))].join("; "),
    );
}

function problemsOf(issue: z.core.$ZodIssue, document: object, form: "one" | "several"): string[] {
    const path = named(issue.path, document);
    if (issue.code !== "unrecognized_keys") {
        return [`the setting ${path.join(".") || "(all)"} ${issue.message}`];
    }
    const known = keysAt(issue.path, form);
    return issue.keys.map((key) => {
        const setting = [...path, key].join(".");
        if (form === "several" && path.length === 0 && keysAt(["memberships"], form).includes(key)) {
            return `the setting ${setting} belongs to each membership: write it in memberships`;
        }
        const meant = nearest(key, known);
        const hint = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
        return `there is no setting ${setting}; ${hint}`;
    });
}

/** Identifies a membership by its name, not by its index in the list. */
function named(path: readonly PropertyKey[], document: object): readonly string[] {
    const [list, index, ...rest] = path;
    const all = (document as { readonly memberships?: unknown }).memberships;
    if (list !== "memberships" || typeof index !== "number" || !Array.isArray(all)) return path.map(String);
    const { name } = Object(all[index]) as { readonly name?: unknown };
    return [list, typeof name === "string" && name !== "" ? name : index, ...rest].map(String);
}

/**
 * Contradictions between settings, each in a sentence.
 *
 * @param names Of the orgs.
 */
export function contradictions(
    { memberships, orgs, okta, source }: SeveralDocument,
    names: readonly string[],
): string[] {
    const home = ({ org }: MembershipDocument) => org ?? (names.length === 1 ? names[0] : undefined);
    return [
        ...(orgs !== undefined && okta !== undefined ? ["okta and orgs both name an org; keep one of them"] : []),
        ...repeated(memberships.map(({ name }) => name.toLowerCase())).map(
            (name) =>
                `two memberships are called ${quote(name)}; give each a name of its own, also without regard to case`,
        ),
        ...memberships.flatMap((membership) => {
            const { name, org } = membership;
            if (org !== undefined && !names.includes(org)) {
                return `the membership ${quote(name)} is in the org ${quote(org)}, which is not in orgs: there is ${names.join(", ")}`;
            }
            return home(membership) === undefined
                ? `the membership ${quote(name)} does not say its org: set org to one of ${names.join(", ")}`
                : [];
        }),
        ...memberships.flatMap(({ name, source: own }) =>
            (own ?? source ?? undefined) === undefined
                ? `the membership ${quote(name)} has no source, and there is none for all: say where the grants are`
                : [],
        ),
        ...inTwoMemberships(memberships, home),
    ];
}

/** The zones and the group that a membership writes. */
interface Written {
    readonly name: string;
    readonly zones: readonly string[];
    readonly group?: string | undefined;
}

/**
 * Zones and groups that two memberships would write, each in a sentence.
 *
 * @param home Identifies an org: the same zone id in two orgs is two zones.
 */
export function inTwoMemberships<Membership extends Written>(
    memberships: readonly Membership[],
    home: (membership: Membership) => string | undefined,
): string[] {
    return [...zonesOfTwo(memberships, home), ...groupsOfTwo(memberships, home)];
}

function zonesOfTwo<Membership extends Written>(
    memberships: readonly Membership[],
    home: (membership: Membership) => string | undefined,
): string[] {
    const owners = new Map<string, string>();
    return memberships.flatMap((membership) =>
        membership.zones.flatMap((zone) => {
            const key = `${home(membership)} ${zone}`;
            const owner = owners.get(key);
            if (owner === undefined) {
                owners.set(key, membership.name);
                return [];
            }
            return `the zone ${zone} is in the memberships ${quote(owner)} and ${quote(membership.name)}; each would undo the other one's writes: leave it in one`;
        }),
    );
}

function groupsOfTwo<Membership extends Written>(
    memberships: readonly Membership[],
    home: (membership: Membership) => string | undefined,
): string[] {
    const owners = new Map<string, string>();
    return memberships.flatMap((membership) => {
        const { name, group } = membership;
        if (group === undefined) return [];
        const key = `${home(membership)} ${group}`;
        const owner = owners.get(key);
        if (owner === undefined) {
            owners.set(key, name);
            return [];
        }
        return `the group ${group} is in the memberships ${quote(owner)} and ${quote(name)}; each would remove the other one's members: give each a group of its own`;
    });
}

function repeated(texts: readonly string[]): string[] {
    return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}
