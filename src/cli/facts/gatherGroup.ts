import { boundOnce } from "../../agent/group/boundOnce";
import type { Clock } from "../../clock";
import type { BoundGroupFacts, Known } from "../../core/doctor/facts";
import { codeNamed } from "../../core/errors/codes";
import { hasCode } from "../../core/errors/errors";
import type { Reading } from "../../core/grants/grantsDocument";
import type { GroupFacts } from "../../core/group/groupKind";
import type { Rules } from "../../core/membership/rules";
import { httpGroups } from "../../okta/groups";
import type { OktaHttp } from "../../okta/http";
import type { Asker } from "./asker";

export interface GroupOptions {
    readonly http: OktaHttp;
    /** Undefined where the grants are not bound to users. */
    readonly group?: string | undefined;
    /** Names and ids of the groups that the portal's rules name. @default none */
    readonly ruleGroups?: readonly string[] | undefined;
    readonly rules: Rules;
    readonly clock: Pick<Clock, "now">;
    readonly signal: AbortSignal;
}

/** So many users are looked up at most, a request for each who is not in the group. */
const MOST_USERS = 100;

/** The group to which the grants are bound, and the reading as a membership with it has it. */
export async function gatherGroup(
    { http, group: id, ruleGroups, rules, clock, signal }: GroupOptions,
    ask: Asker,
    reading: Known<Reading> | undefined,
): Promise<{ readonly group: BoundGroupFacts | undefined; readonly reading: Known<Reading> | undefined }> {
    if (id === undefined) return { group: undefined, reading };
    const store = httpGroups(http, http);
    const path = `/api/v1/groups/${id}`;
    const asked = await ask.okta(path, () =>
        store.facts(id, signal).catch((error: unknown) => {
            // Okta has no such group.
            if (!hasCode(error, "group-unfit")) throw error;
            return error.message;
        }),
    );
    const facts = typeof asked.value === "string" ? missing(asked.value) : (asked as Known<GroupFacts>);
    if (facts.unknown !== undefined) {
        return { group: { id, facts, members: facts, users: reading && facts, rateLimit: undefined }, reading };
    }
    const members = await ask.okta(`${path}/users`, () => store.members(id, signal));
    const { rateLimit } = http;
    const group = { id, ruleGroups, facts, members, users: undefined, rateLimit };
    if (reading?.value === undefined) return { group: { ...group, users: reading }, reading };
    if (members.unknown !== undefined) return { group: { ...group, users: members }, reading };
    const said = reading.value;
    const bound = await ask.okta("/api/v1/users", () =>
        boundOnce({
            store,
            reading: said,
            selector: rules.selector,
            members: members.value,
            nowMs: clock.now(),
            most: MOST_USERS,
            signal,
        }),
    );
    const users = bound.unknown === undefined ? { value: bound.value.users } : bound;
    return { group: { ...group, users }, reading: bound.value ? { value: bound.value.reading } : reading };
}

function missing(reason: string): Known<never> {
    return { unknown: { name: "group-unfit", reason, remedy: codeNamed("group-unfit").remedy } };
}
