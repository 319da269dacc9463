import type { CodeName } from "../core/errors/codeTable";

/**
 * Checks that the org that answers is the one in which a resource was made. Another org has none of its objects: they would
 * count as deleted, and be made there once more.
 *
 * @param id Okta's id of the org that answers, `00o…`. The address says nothing: an org may have several.
 * @param madeIn The id in the state of the resource; undefined for a new one.
 * @throws `org-mixed-up`
 */
export function checkSameOrg(id: string, madeIn: string | undefined): void {
    if (madeIn === undefined || id === madeIn) return;
    const sentence =
        `the Okta org that answers is ${id}, but these resources of the stack are in the org ${madeIn}: check okta:orgName, ` +
        "okta:baseUrl, the OKTA_* variables and the okta.Provider, or use another stack for another org";
    throw Object.assign(new Error(sentence), { code: "org-mixed-up" satisfies CodeName });
}
