import type { Facts, MembershipFacts } from "./facts";
import { bad, counted, judge, listed, ok, told, type Verdict, warn } from "./verdict";

export function sourceIsReadable({ source }: Facts): Verdict | undefined {
    if (source === undefined) return undefined;
    if (source.unknown?.name === "source-unreadable") return told(source.unknown);
    return judge(source, ({ name, grants }) => ok(`${name}: ${counted(grants, "usable grant")}`));
}

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

export function grantsHaveRoom(facts: Facts): Verdict | undefined {
    return judgeMembership(facts, ({ refused }) => {
        if (refused.length === 0) return ok("no grant is refused");
        // A denial is meant.
        const judged = refused.every(({ kind }) => kind === "denied") ? warn : bad;
        return judged(listed(refused.map(({ id, reason }) => `${id}: ${reason}`)));
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
