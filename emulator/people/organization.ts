import type { FastifyInstance } from "fastify";

import type { World } from "../state/world";

/** Facts about the organisation that anybody may read. */
export function organizationRoutes(app: FastifyInstance, world: World): void {
    app.get("/.well-known/okta-organization", async () => {
        const { id, cell, pipeline, settings } = world.org.about;
        return { id, cell, _links: { organization: { href: world.url } }, pipeline, settings };
    });
}
