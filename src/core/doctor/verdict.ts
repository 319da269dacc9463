import type { Facts, Known, Unknown } from "./facts";

/** The result of a check. */
export interface Verdict {
    readonly status: "ok" | "warn" | "fail";
    /** What was found, in a phrase that names the values. */
    readonly detail: string;
    /** A sentence. @default the remedy of the check's code */
    readonly remedy?: string;
}

/** Undefined if the check does not apply: no zone was named, or the credential is of another kind. */
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

/** The verdict on a fact. An unknown fact is a warning that says what is needed to know it. */
export function judge<T>(fact: Known<T>, verdict: (value: T) => Verdict | undefined): Verdict | undefined {
    if (fact.unknown === undefined) return verdict(fact.value);
    return warn(`could not be checked: ${fact.unknown.reason}`, fact.unknown.remedy);
}

/** The failure of the check of this very problem, with the full message. */
export function told({ message, reason }: Unknown): Verdict {
    return bad(message ?? reason);
}

/** The first few of a list: `a, b, c and 4 more`. */
export function listed(items: readonly string[], most = 5): string {
    const more = items.length - most;
    return more > 0 ? `${items.slice(0, most).join(", ")} and ${more} more` : items.join(", ");
}

export function counted(count: number, what: string): string {
    return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
