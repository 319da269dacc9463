import { spanOf } from "../src/core/addresses/ip";
import type { Denial } from "../src/core/membership/denials";
import { EPOCH_MS } from "./epoch";
import type { EventOf } from "./history";
import type { WorldTime } from "./time";
import type { GivenDenial } from "./trace";
import { grantUser } from "./users";

/** The kill switch of a world: what is denied reaches every agent at once, and outlasts its processes. */
export interface WorldDenials {
    give(event: EventOf<"deny">): void;
    list(): readonly Denial[];
    version(): number;
    readonly given: readonly GivenDenial[];
}

/** @param onChange Hears that a denial was given. */
export function worldDenials(time: WorldTime, onChange: () => void): WorldDenials {
    const given: GivenDenial[] = [];
    return {
        given,
        give({ user, range, grant, forMs }) {
            const [fromMs, toMs] = [time.now(), time.now() + forMs];
            const denial: Denial = {
                id: `d${given.length + 1}`,
                ...(user !== undefined && { user: grantUser(user) }),
                ...(range !== undefined && { span: spanOf(range) }),
                ...(grant !== undefined && { grant }),
                untilMs: EPOCH_MS + toMs,
                reason: "a test",
                by: "the world",
                atMs: EPOCH_MS + fromMs,
            };
            given.push({ denial, fromMs, toMs });
            onChange();
        },
        list: () => given.map(({ denial }) => denial),
        version: () => given.length,
    };
}
