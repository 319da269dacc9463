import { openGroupLane } from "../../src/agent/group/groupLane";
import type { GroupLaneOptions } from "../../src/agent/group/lane";
import { spanOf } from "../../src/core/addresses/ip";
import { type Grant, isActive } from "../../src/core/grants/grants";
import type { GroupMemory } from "../../src/core/group/groupPlan";
import { randomOf } from "../random";
import { worldTime } from "../time";
import { groupOkta } from "./groupOkta";
import { END_MS, type GroupEvent, type GroupHistory } from "./history";

/** What a law found. */
export interface Broken {
    readonly law: "out" | "in" | "foreign";
    readonly atMs: number;
    readonly user: string;
}

/** Makes an agent a wrong one. */
export type WrongGroupAgent = (options: GroupLaneOptions) => GroupLaneOptions;

/**
 * How long after the last trouble, and after a grant's end or begin, a member may be wrong: the longest pause after
 * failures (75 s), a look (30 s), and the requests themselves.
 */
export const BOUND_MS = 120_000;

const SAMPLE_MS = 5000;
const FREE = { mayAsk: () => true, waitMs: () => 0 };

/**
 * Plays a history with the part of the agent that keeps a group, and says which laws it broke:
 *
 *   out      nobody is in the group without a grant for longer than the bound, but for members of before first contact
 *   in       nobody with a grant is missing for longer than the bound
 *   foreign  a member whom the agent met at first contact, and whom no grant ever named, is not asked out
 */
export async function runGroup(history: GroupHistory, wrong: WrongGroupAgent = (options) => options) {
    const time = worldTime();
    const random = randomOf(history.seed ^ 0x5eed);
    const broken: Broken[] = [];
    const foreign = new Set(history.strangers.filter((user) => !history.granted.includes(user)));
    const unclear = new Set<string>();
    const okta = groupOkta(time, random, history.strangers, (user) => {
        if (foreign.has(user)) broken.push({ law: "foreign", atMs: time.now(), user });
    });
    const grants = new Map<string, Grant>();
    let [disturbedMs, memory]: [number, GroupMemory | undefined] = [0, undefined];
    const clock = {
        now: time.now,
        elapsedMs: time.now,
        random: random.next,
        sleep: (ms: number, signal: AbortSignal) => time.sleep(ms, signal),
    };
    const lane = openGroupLane(
        wrong({
            ...{ group: "00gA", store: okta.store, budget: FREE, firstContact: "hold", drift: "heal", clock },
            ...{ maxRemovals: { percent: 50 }, record: async () => {}, newId: () => "w" },
            users: {
                userOf: (key) => ({ state: "found", id: key.replace(/@.*/, "") }),
                ...{ version: () => 1, learn: () => {}, forget: () => {}, know: () => {} },
            },
            file: {
                read: async () => memory,
                write: async (next) => {
                    memory = next;
                },
            },
        }),
    );
    const decide = () => lane.decided({ grants: [...grants.values()], inside: undefined, atMs: time.now() });
    const grant = (user: string, untilMs: number) => {
        foreign.delete(user);
        unclear.delete(user);
        grants.set(user, grantOf(user, untilMs));
    };
    for (const user of history.granted) grant(user, Number.MAX_SAFE_INTEGER);

    let lost = new AbortController();
    let running = lane.run(lost.signal, lost.signal);
    decide();
    const carryOut = async (event: GroupEvent): Promise<void> => {
        if (event.type === "grant") grant(event.user, event.untilMs);
        else if (event.type === "revoke") grants.delete(event.user);
        else if (event.type === "foreign") {
            okta.members[event.change === "add" ? "add" : "delete"](event.user);
            // Whom another writer took out is not known from before any more, unless the agent did not see it.
            if (event.change === "remove" && foreign.delete(event.user)) unclear.add(event.user);
            if (memory === undefined && event.change === "add" && !grants.has(event.user)) foreign.add(event.user);
        } else if (event.type === "trouble") okta.troubleUntil(event.untilMs);
        else {
            lost.abort();
            await running;
            lost = new AbortController();
            running = lane.run(lost.signal, lost.signal);
        }
        disturbedMs = time.now();
        decide();
    };
    const judge = () => {
        const sinceMs = Math.max(disturbedMs, okta.lastTroubleMs());
        for (const user of new Set([...okta.members, ...grants.keys()])) {
            const own = grants.get(user);
            const isGranted = own !== undefined && isActive(own, time.now());
            const isIn = okta.members.has(user);
            // A grant that came and went while Okta could not be asked: the agent still holds whom it met.
            if (isIn && history.strangers.includes(user) && memory?.unknown.includes(user)) continue;
            const endMs = own?.expiresAtMs ?? 0;
            const changedMs = Math.max(sinceMs, endMs <= time.now() ? endMs : 0);
            if (time.now() - changedMs <= BOUND_MS || foreign.has(user) || unclear.has(user) || isGranted === isIn)
                continue;
            broken.push({ law: isIn ? "out" : "in", atMs: time.now(), user });
        }
    };
    let next = 0;
    for (let atMs = 0; atMs <= END_MS && broken.length === 0; atMs += SAMPLE_MS) {
        for (; (history.events[next]?.atMs ?? Infinity) <= atMs; next++) {
            await time.passUntil(history.events[next]?.atMs ?? 0);
            await carryOut(history.events[next] as GroupEvent);
        }
        await time.passUntil(atMs);
        judge();
    }
    lost.abort();
    await running;
    return broken;
}

function grantOf(user: string, untilMs: number): Grant {
    const login = `${user}@example.com`;
    return { id: `g-${user}`, user: login, spans: [spanOf("203.0.113.7/32")], expiresAtMs: untilMs, labels: {} };
}
