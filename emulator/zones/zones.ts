import type { FastifyInstance } from "fastify";

import { parseFilter } from "../http/filter";
import { bodyOf, type Caller, paramsOf, type Query, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import type { Document } from "../state/document";
import type { Zone } from "../state/org";
import type { World } from "../state/world";
import { createZone, deleteZone, replaceZone, turnZone, zoneOf } from "./writes";

/** Zones on a page that names no limit, recorded in 2021, and the most on one that does, as clients in the wild ask. */
const PAGE = { usual: 20, most: 200 };

/** Okta's Network Zones API. */
export function zoneRoutes(app: FastifyInstance, world: World, callerOf: (request: object) => Caller): void {
    const show = (zone: Zone) => showZone(zone, world.url);
    app.get("/api/v1/zones", (request, reply) => sendPage(reply, listZones(world, queryOf(request))));
    app.post("/api/v1/zones", async (request) => show(createZone(world, bodyOf(request), callerOf(request))));
    app.get("/api/v1/zones/:id", async (request) => {
        const { id } = paramsOf(request);
        return show(world.faults.staleZone(id) ?? zoneOf(world.org, id));
    });
    app.put("/api/v1/zones/:id", async (request) =>
        show(replaceZone(world, paramsOf(request).id, bodyOf(request), callerOf(request))),
    );
    app.delete("/api/v1/zones/:id", async (request, reply) => {
        deleteZone(world, paramsOf(request).id, callerOf(request));
        return reply.code(204).send();
    });
    for (const verb of ["activate", "deactivate"] as const) {
        app.post(`/api/v1/zones/:id/lifecycle/${verb}`, async (request) => {
            return show(turnZone(world, paramsOf(request).id, verb, callerOf(request)));
        });
    }
}

/** The zone as Okta shows it. The hints are the same for system zones, so they do not say what is allowed. */
export function showZone(zone: Zone, url: string): Document {
    const self = `${url}/api/v1/zones/${zone.id}`;
    const turn = zone.status === "ACTIVE" ? "deactivate" : "activate";
    return {
        ...zone,
        _links: {
            self: { href: self, hints: { allow: ["GET", "PUT", "DELETE"] } },
            [turn]: { href: `${self}/lifecycle/${turn}`, hints: { allow: ["POST"] } },
        },
    };
}

/** By name. With a filter there is one page only: the two do not go together, says the test of Okta's Node SDK. */
function listZones({ org, url }: World, query: Query) {
    const { filter } = query;
    const passes = filter === undefined ? () => true : parseFilter(String(filter), ["id", "usage", "system"]);
    const found = [...org.zones.values()].filter((zone) => passes((field) => zone[field]));
    const sorted = found.sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, links } = pageOf(sorted, query, `${url}/api/v1/zones`, PAGE);
    return { items: items.map((zone) => showZone(zone, url)), links: filter === undefined ? links : links.slice(0, 1) };
}
