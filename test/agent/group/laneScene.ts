import { type GroupLane, openGroupLane } from "../../../src/agent/group/groupLane";
import type { GroupLaneOptions } from "../../../src/agent/group/lane";
import type { GroupMemory } from "../../../src/core/group/groupPlan";
import type { OktaUser } from "../../../src/core/group/users";
import type { GroupStore } from "../../../src/okta/groups";
import { grant } from "../../support/grants";
import { virtualClock } from "../../support/virtualClock";

/** What becomes of a request: `done` and answered; or an error, before or after Okta has carried it out. */
export type Fate = "done" | { readonly error: Error; readonly isDone?: boolean };

export interface LaneScene extends AsyncDisposable {
    readonly lane: GroupLane;
    readonly clock: ReturnType<typeof virtualClock>;
    /** The members as Okta has them, by id. */
    readonly inOkta: Set<string>;
    /** Such as `read`, `add ana`, `remove ben`, each with the moment. */
    readonly asked: string[];
    readonly events: { readonly type: string }[];
    memory(): GroupMemory | undefined;
    /** Decides for users by their ids, each with a grant of their own. */
    decide(users: readonly string[], expiresAtMs?: number): void;
    /** Ends the run, as a lost lead does, and begins another one with what the file has. */
    again(): Promise<void>;
}

export interface LaneSceneOptions extends Partial<Pick<GroupLaneOptions, "budget" | "firstContact" | "maxRemovals">> {
    readonly inOkta?: readonly string[];
    readonly memory?: GroupMemory;
    /** Says what becomes of a request, such as `add ana`, at its how manieth time. @default done */
    readonly fate?: (request: string, time: number) => Fate;
    /** @default one of its own */
    readonly clock?: ReturnType<typeof virtualClock>;
    readonly store?: (store: Store) => Store;
}

type Store = Pick<GroupStore, "members" | "add" | "remove">;

const FREE = { mayAsk: () => true, waitMs: () => 0 };

/** A group lane in virtual time, with an Okta of its own, in which a user's id is the name before the @ of the login. */
export function openLaneScene(options: LaneSceneOptions = {}): LaneScene {
    const clock = options.clock ?? virtualClock(0);
    const inOkta = new Set(options.inOkta ?? []);
    const asked: string[] = [];
    const events: { readonly type: string }[] = [];
    let memory = options.memory;
    const times = new Map<string, number>();

    async function request<T>(what: string, carryOut: () => T): Promise<T> {
        const time = (times.get(what) ?? 0) + 1;
        times.set(what, time);
        asked.push(`${clock.now()} ${what}`);
        const fate = options.fate?.(what, time) ?? "done";
        if (fate !== "done" && fate.isDone !== true) throw fate.error;
        const answer = carryOut();
        if (fate !== "done") throw fate.error;
        return answer;
    }

    const store: Store = {
        members: () => request("read", () => [...inOkta].map(userOf)),
        add: (_group, id) =>
            request(`add ${id}`, () => {
                inOkta.add(id);
                return { status: 204 };
            }),
        remove: (_group, id) =>
            request(`remove ${id}`, () => {
                inOkta.delete(id);
                return { status: 204 };
            }),
    };
    const lane = openGroupLane({
        group: "00gA",
        store: options.store?.(store) ?? store,
        users: {
            userOf: (key) => ({ state: "found", id: key.replace(/@.*/, "") }),
            version: () => 1,
            learn: () => {},
            forget: () => {},
            know: () => {},
        },
        file: {
            read: async () => memory,
            async write(next) {
                memory = next;
            },
        },
        budget: options.budget ?? FREE,
        firstContact: options.firstContact ?? "hold",
        maxRemovals: options.maxRemovals ?? { percent: 50 },
        drift: "heal",
        clock,
        async record(event) {
            events.push(event as { readonly type: string });
        },
        newId: () => `w${asked.length}`,
    });
    let lost = new AbortController();
    let running = lane.run(lost.signal, lost.signal);
    const end = async () => {
        lost.abort();
        await running;
    };
    return {
        ...{ lane, clock, inOkta, asked, events },
        memory: () => memory,
        decide: (users, expiresAtMs) =>
            lane.decided({
                grants: users.map((id, index) =>
                    grant(`203.0.113.${index + 1}`, 0, {
                        id: `g-${id}`,
                        user: `${id}@example.com`,
                        expiresAtMs: expiresAtMs ?? Number.MAX_SAFE_INTEGER,
                    }),
                ),
                inside: undefined,
                atMs: clock.now(),
            }),
        async again() {
            await end();
            lost = new AbortController();
            running = lane.run(lost.signal, lost.signal);
        },
        [Symbol.asyncDispose]: end,
    };
}

function userOf(id: string): OktaUser {
    return { id, login: `${id}@example.com`, status: "ACTIVE" };
}
