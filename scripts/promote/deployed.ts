import { z } from "zod";

/** The last deployment of a stack, as its backend records it. */
export interface LastDeployment {
    readonly kind: "update" | "destroy";
    readonly succeeded: boolean;
    /** When it began, RFC 3339: with the commit, it tells one deployment from another. */
    readonly startedAt: string;
    /** Of the checkout that it was deployed from; none where that was no checkout of git. */
    readonly commit?: string | undefined;
    /** Whether that checkout had changes that were not committed. */
    readonly dirty: boolean;
}

/** What is to be promoted. */
export interface Checkout {
    readonly commit: string;
    readonly dirty: boolean;
}

const HISTORY = z.array(
    z.object({
        kind: z.string(),
        result: z.string(),
        startTime: z.string(),
        environment: z.record(z.string(), z.string()).default({}),
    }),
);

/**
 * Reads what `pulumi stack history --json` prints, the latest first. Every
 * backend keeps it, and the CLI itself writes the commit into it.
 *
 * @returns undefined for a stack that was never deployed
 * @throws if that is no history
 */
export function lastDeployment(text: string): LastDeployment | undefined {
    const entries = HISTORY.parse(JSON.parse(text || "[]"));
    for (const { kind, result, startTime, environment } of entries) {
        // A refresh, an import or a rename runs no program.
        if (kind !== "update" && kind !== "destroy") continue;
        return {
            kind,
            succeeded: result === "succeeded",
            startedAt: startTime,
            commit: environment["git.head"],
            dirty: environment["git.dirty"] === "true",
        };
    }
    return undefined;
}

/**
 * Why what the stack runs is not the checkout, each reason a sentence; none when it is.
 *
 *   the last deployment of the stack             may be promoted
 *   succeeded, from this commit, clean            yes
 *   there was none, or it was `destroy`           no
 *   failed, or is under way                       no
 *   another commit, or none                       no
 *   changes that were not committed               no: nobody can see what ran
 */
export function compareDeployed(stack: string, last: LastDeployment | undefined, checkout: Checkout): string[] {
    const own = checkout.dirty ? ["the checkout has changes that are not committed"] : [];
    if (last === undefined) return [...own, `${stack} was never deployed`];
    if (last.kind === "destroy") return [...own, `${stack} was destroyed`];
    return [
        ...own,
        ...(last.succeeded ? [] : [`the last deployment of ${stack}, begun at ${last.startedAt}, did not succeed`]),
        ...(last.commit === checkout.commit
            ? []
            : [`${stack} runs ${last.commit ?? "a commit that is not known"}, and not ${checkout.commit}`]),
        ...(last.dirty ? [`${stack} was deployed from a checkout with changes that were not committed`] : []),
    ];
}
