import type { Emulator } from "../emulator/emulator";
import type { Change, Event, EventOf } from "./history";
import type { Okta } from "./okta";
import type { WorldSource } from "./source";
import type { Supervisor } from "./supervisor";

/** What the events of a history happen to. */
export interface Stage {
    readonly emulator: Emulator;
    readonly okta: Okta;
    readonly source: WorldSource;
    readonly supervisor: Supervisor;
    readonly loseLead: () => void;
    readonly doubleLead: (forMs: number) => void;
    readonly jump: (agent: number, byMs: number) => void;
    readonly reload: (change: Change) => void;
    readonly deny: (event: EventOf<"deny">) => void;
    readonly failDisk: (agent: number, state: "full" | "failing", forMs: number) => void;
    readonly crashInSync: (agent: number, syncs: number) => void;
    readonly zoneIds: readonly string[];
}

type Happen = { readonly [Kind in Event["kind"]]: (event: EventOf<Kind>, stage: Stage) => void };

const HAPPEN: Happen = {
    grant: (event, { source }) => source.change(event),
    withdraw: (event, { source }) => source.change(event),
    accident: (event, { source }) => source.garble(event),
    reload: ({ change }, { reload }) => reload(change),
    deny: (event, { deny }) => deny(event),
    "double lead": ({ forMs }, { doubleLead }) => doubleLead(forMs),
    source: ({ state, forMs }, { source }) => source.fail(state, forMs),
    okta: ({ fault, on, times }, { okta }) => okta.arm(fault, on, times),
    outage: ({ fault, forMs }, { okta }) => okta.outage(fault, forMs),
    neighbours: ({ calls }, { okta }) => okta.neighbours(calls),
    rogue({ zone, gateways }, stage) {
        const written = gateways.map((value) => ({ type: value.includes("/") ? "CIDR" : "RANGE", value }));
        for (const id of present(stage, zone)) stage.okta.foreign(id, { gateways: written });
    },
    rename({ zone, name }, stage) {
        for (const id of present(stage, zone)) stage.okta.foreign(id, { name });
    },
    delete({ zone }, stage) {
        const isLast = stage.zoneIds.filter((id) => stage.emulator.org.zones.has(id)).length === 1;
        for (const id of isLast ? [] : present(stage, zone)) stage.okta.remove(id);
    },
    crash: ({ agent, downMs }, { supervisor }) => supervisor.crash(agent, downMs),
    restart: ({ agent, downMs }, { supervisor }) => supervisor.restart(agent, downMs),
    disk: ({ agent, state, forMs }, { failDisk }) => failDisk(agent, state, forMs),
    "crash in sync": ({ agent, syncs }, { crashInSync }) => crashInSync(agent, syncs),
    "lose lead": (_, { loseLead }) => loseLead(),
    jump: ({ agent, byMs }, { jump }) => jump(agent, byMs),
};

/** Lets an event of a history happen. */
export function happen(event: Event, stage: Stage): void {
    (HAPPEN[event.kind] as (event: Event, stage: Stage) => void)(event, stage);
}

/** The id of the zone of this number, unless it was deleted. */
function present({ zoneIds, emulator }: Stage, zone: number): string[] {
    return zoneIds.slice(zone, zone + 1).filter((id) => emulator.org.zones.has(id));
}
