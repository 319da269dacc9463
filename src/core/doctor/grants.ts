import type { Facts, MembershipFacts } from "./facts";
import { bad, counted, judge, listed, ok, told, type Verdict, warn } from "./verdict";

export function sourceIsReadable({ source }: Facts): Verdict | undefined {
    if (source === undefined) return undefined;
    if (source.unknown?.name === "source-unreadable") return told(source.unknown);
    return judge(source, ({ name, grants, announcement }) => {
        const announced = announcement === undefined ? "" : `; ${ANNOUNCED[announcement]}`;
        return ok(`${name}: ${counted(grants, "usable grant")}${announced}`);
    });
}

/** Every one of them works; they differ in how soon a change counts, and in what it costs. */
const ANNOUNCED = {
    rows: "its triggers say which rows change",
    changes:
        "its trigger says that rows change, but not which, so each change costs a read of the whole table: `zonekeeper schema` prints triggers that do",
    nothing:
        "it has no trigger that announces changes, so they are found at intervals only: `zonekeeper schema` prints the triggers",
} as const;

export function grantsAreUsable({ source }: Facts): Verdict | undefined {
    if (source === undefined) return undefined;
    return judge(source, ({ unusable }) => {
        if (unusable.length === 0) return ok("nothing is left out");
        return warn(`left out: ${listed(unusable.map(({ id, field, reason }) => `${id}: ${field} ${reason}`))}`);
    });
}

export function grantsAreInside(facts: Facts): Verdict | undefined {
    return judgeMembership(facts, ({ add, active }) => {
        if (add.length === 0) return ok(`${counted(active, "grant")} active, nothing missing`);
        return bad(`granted and outside: ${listed(add)}`);
    });
}

export function insidersAreGranted(facts: Facts): Verdict | undefined {
    return judgeMembership(facts, ({ remove }) =>
        remove.length === 0
            ? ok("nothing inside that is not granted")
            : warn(`inside without a grant: ${listed(remove)}`),
    );
}

const LIFT = "Nothing is to be done while the denial is meant; who gave it lifts it with DELETE /api/deny/ID.";

export function grantsHaveRoom(facts: Facts): Verdict | undefined {
    return judgeMembership(facts, ({ refused }) => {
        if (refused.length === 0) return ok("no grant is refused");
        const told = listed(refused.map(({ id, reason }) => `${id}: ${reason}`));
        // A denial is meant.
        return refused.every(({ kind }) => kind === "denied") ? warn(told, LIFT) : bad(told);
    });
}

/** Checks that nothing is held. A person has to decide about what is held, so no remedy here releases it. */
export function nothingIsHeld(facts: Facts): Verdict | undefined {
    return judgeMembership(facts, ({ held }) => {
        if (held.length === 0) return ok("nothing waits for a confirmation");
        const reasons = [...new Set(held.map(({ reason }) => reason))];
        return bad(`${listed(held.map(({ id }) => id))}: ${reasons.join("; ")}`);
    });
}

function judgeMembership(
    { membership }: Facts,
    verdict: (membership: MembershipFacts) => Verdict,
): Verdict | undefined {
    return membership === undefined ? undefined : judge(membership, verdict);
}
