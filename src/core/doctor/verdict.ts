import type { Facts, Known } from "./facts";

/** What a check has to say. */
export interface Verdict {
    readonly status: "ok" | "warn" | "fail";
    /** What was found, in a phrase that names the values. */
    readonly detail: string;
    /** A sentence. @default the remedy of the check's code */
    readonly remedy?: string;
}

/** Undefined where there is nothing to look at: no zone was named, the credential is of another kind. */
export type Check = (facts: Facts) => Verdict | undefined;

export function ok(detail: string): Verdict {
    return { status: "ok", detail };
}

export function warn(detail: string, remedy?: string): Verdict {
    return { status: "warn", detail, ...(remedy !== undefined && { remedy }) };
}

export function bad(detail: string, remedy?: string): Verdict {
    return { status: "fail", detail, ...(remedy !== undefined && { remedy }) };
}

/** Judges a fact; one that is not known is a warning that says what it would take to know it. */
export function judge<T>(fact: Known<T>, verdict: (value: T) => Verdict | undefined): Verdict | undefined {
    if (fact.unknown === undefined) return verdict(fact.value);
    return warn(`could not be checked: ${fact.unknown.reason}`, fact.unknown.remedy);
}

/** The first few of a list: `a, b, c and 4 more`. */
export function listed(items: readonly string[], most = 5): string {
    const more = items.length - most;
    return more > 0 ? `${items.slice(0, most).join(", ")} and ${more} more` : items.join(", ");
}

export function counted(count: number, what: string): string {
    return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
