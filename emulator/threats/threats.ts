import type { FastifyInstance } from "fastify";

import { invalid } from "../http/errors";
import { bodyOf } from "../http/http";
import { type Document, stringsOf } from "../state/document";
import type { Nursery } from "../state/nursery";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

const ACTIONS = ["none", "audit", "block"];

/** Okta's ThreatInsight. The emulator keeps what it is told, and blocks nobody by it. */
export function threatRoutes(app: FastifyInstance, world: World): void {
    const path = "/api/v1/threats/configuration";
    const show = () => ({
        ...world.org.threats.document,
        _links: { self: { href: `${world.url}${path}`, hints: { allow: ["GET", "POST"] } } },
    });
    app.get(path, async () => show());
    app.post(path, async (request) => {
        const { action, excludeZones } = bodyOf(request);
        if (typeof action !== "string" || !ACTIONS.includes(action)) {
            return invalid("action", `The action has to be one of ${ACTIONS.join(", ")}.`);
        }
        const zones = stringsOf(excludeZones);
        const unknown = zones.find((id) => !world.org.zones.has(id));
        if (unknown !== undefined) return invalid("excludeZones", `There is no network zone ${unknown}.`);
        const said = { action, excludeZones: zones, lastUpdated: stampOf(world.now()) };
        world.org.threats.document = { ...world.org.threats.document, ...said };
        return show();
    });
}

/** ThreatInsight as a new organisation has it, with what the seed says. That it begins with `none` is a guess. */
export function freshThreats({ seed, now }: Nursery): { document: Document } {
    return { document: { action: "none", excludeZones: [], created: now, lastUpdated: now, ...seed.threats } };
}
