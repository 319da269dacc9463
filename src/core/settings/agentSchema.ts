import { z } from "zod";

import { COMMON, LIMITS, MEMBERSHIP, OWN } from "./membershipSchema";
import { OKTA } from "./oktaSchema";
import { PROCESS } from "./processSchema";
import { name } from "./settingValues";

const MEMBERSHIPS = "each with its name and zones, such as [{ name: payroll, zones: [nzo1] }]";

const source = z
    .unknown()
    .refine((value) => value !== undefined && value !== null, "is missing: where the grants are")
    .meta({
        description: "where the grants are: a path, a URL or an object, as in [Source](#source)",
        usual: "required",
    });

/** A configuration with one membership, whose settings are at the top level. */
export const ONE = z.strictObject({
    ...OWN,
    okta: OKTA.default({}).describe("the Okta org, see [okta](#okta)"),
    source,
    ...PROCESS,
    ...COMMON,
});

/** Each membership costs requests to Okta, also while nothing changes. */
const MOST_MEMBERSHIPS = 200;

/** A configuration with a list of memberships. */
export const SEVERAL = z.strictObject({
    okta: OKTA.optional().describe("the only org"),
    orgs: z
        .record(name, OKTA, { error: "is not a map of orgs such as { acme: { orgName: acme, … } }" })
        .refine((orgs) => Object.keys(orgs).length > 0, "is empty: name at least one org")
        .optional()
        .describe("the Okta orgs by name, each as [okta](#okta); in place of `okta`"),
    source: z.unknown().optional().describe("the source of each membership that names none"),
    memberships: z
        .array(MEMBERSHIP, {
            error: ({ input }) => (input == null ? `is missing: ${MEMBERSHIPS}` : `is not a list: ${MEMBERSHIPS}`),
        })
        .min(1, "is empty: name at least one membership")
        .max(MOST_MEMBERSHIPS, `has more than ${MOST_MEMBERSHIPS} memberships`)
        .describe("the list of memberships"),
    ...PROCESS,
    ...COMMON,
});

export type OneDocument = z.output<typeof ONE>;
export type SeveralDocument = z.output<typeof SEVERAL>;
export type MembershipDocument = z.output<typeof MEMBERSHIP>;
export type ProcessDocument = Pick<OneDocument, keyof typeof PROCESS>;
export type OktaDocument = z.output<typeof OKTA>;

/** The names of the settings of a configuration with a list of memberships, and of each membership. */
export const SEVERAL_KEYS: readonly string[] = Object.keys(SEVERAL.shape);
export const MEMBERSHIP_KEYS: readonly string[] = Object.keys(MEMBERSHIP.shape);

/** The names of the settings that may be at a path of a document. */
export function keysAt(path: readonly PropertyKey[], form: "one" | "several"): readonly string[] {
    const [first, , third] = path;
    if (first === undefined) return form === "one" ? Object.keys(ONE.shape) : SEVERAL_KEYS;
    if (first === "okta" || first === "orgs") return Object.keys(OKTA.shape);
    if (first === "memberships" && third === undefined) return MEMBERSHIP_KEYS;
    if (first === "limits" || third === "limits") return Object.keys(LIMITS.shape);
    if (first === "ledger") return ["rotateBytes", "keepFiles"];
    return ["type", "path", "url", "key", "name", "namespace", "identity"];
}
