import type { z } from "zod";

import { fail } from "../../src/core/errors/errors";
import { logEventSeed } from "../seed";
import type { World } from "../state/world";
import { wholeEvent } from "./events";

/** Of Okta's LogEvent what matters, such as `{ eventType: "user.session.start", actor: …, client: … }`. */
export type LogEventSeed = z.input<typeof logEventSeed>;

/** Adds a made-up event to the System Log, as the latest one. @throws `bad-input` */
export function addEvent(world: World, event: unknown): void {
    const { data, error } = logEventSeed.safeParse(event);
    if (data === undefined) {
        const [issue] = error.issues;
        fail("bad-input", `the event is not usable: ${issue?.path.join(".") || "it"}: ${issue?.message}`);
    }
    world.org.events.push(wholeEvent(data, world.ids, world.now(), world.org.about.adminId));
}
