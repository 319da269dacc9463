import type { AgentView, GrantView } from "../status/view";

/** The most characters of a text of the source in a table. */
const LONGEST = 160;

/** The grants whose addresses are in a zone, as far as the agent knows. */
export function isIn({ state }: GrantView): boolean {
    return state === "accepted" || state === "effective" || state === "leaving";
}

/** How many different users have grants; a grant without a user counts as one. */
export function countPeople(grants: readonly GrantView[]): number {
    const users = new Set<string>();
    let nameless = 0;
    for (const { user } of grants) {
        if (user === undefined) nameless += 1;
        else users.add(user);
    }
    return users.size + nameless;
}

/** A count of what is held: addresses, and with a group also its members. */
export function countHeld(number: number, { group }: Pick<AgentView, "group">): string {
    return group === undefined
        ? counted(number, "address", "addresses")
        : counted(number, "address or user", "addresses or users");
}

export function clipped(text: string): string {
    return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

export function counted(number: number, one: string, many = `${one}s`): string {
    return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}
