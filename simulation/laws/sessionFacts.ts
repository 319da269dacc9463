import type { Facts } from "../facts";
import type { Asked } from "../trace";
import { loginOf } from "../users";

/** What was asked of Okta about the sessions of a user. */
export function endings({ trace }: Facts, user: string): readonly Asked[] {
    return trace.requests.filter(
        (asked) => asked.method === "DELETE" && asked.user !== undefined && loginOf(asked.user) === user,
    );
}

/** When a process wrote into its ledger that the sessions of a user were ended. */
export function receipts({ trace, lifeOf }: Facts, process: number, user: string): readonly number[] {
    const lines = trace.ledgers[lifeOf(process).agent]?.acknowledged ?? [];
    return lines.flatMap(({ atMs, event }) =>
        event.type === "sessions.cleared" && loginOf(event.user) === user ? atMs : [],
    );
}

/** Whether Okta has the user: the histories grant to one that it has not. */
export function isKnown(user: string): boolean {
    return !user.startsWith("nobody@");
}
