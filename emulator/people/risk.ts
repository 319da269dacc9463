import type { FastifyInstance } from "fastify";

import { invalid } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import type { Document } from "../state/document";
import type { World } from "../state/world";
import { findUser } from "./findUser";

const LEVELS = ["LOW", "MEDIUM", "HIGH"];

/** What an administrator says of a user's risk. Source: the Okta provider's recordings UserRisk_crud and UserRisk_read. */
export function riskRoutes(app: FastifyInstance, world: World): void {
    const path = "/api/v1/users/:id/risk";
    const show = (userId: string, level: string | undefined): Document => ({
        riskLevel: level ?? "NONE",
        ...(level !== undefined && { reason: "Admin override risk" }),
        _links: { user: { href: `${world.url}/api/v1/users/${userId}`, hints: { allow: ["GET"] } } },
    });
    const idOf = (id: string) => String(findUser(world.org, id).id);
    app.get(path, async (request) => {
        const id = idOf(paramsOf(request).id);
        return show(id, world.org.risks.get(id));
    });
    app.put(path, async (request, reply) => {
        const id = idOf(paramsOf(request).id);
        const { riskLevel } = bodyOf(request);
        if (typeof riskLevel !== "string" || !LEVELS.includes(riskLevel)) {
            return invalid("riskLevel", `The level has to be one of ${LEVELS.join(", ")}.`);
        }
        const isNew = !world.org.risks.has(id);
        world.org.risks.set(id, riskLevel);
        return reply.code(isNew ? 201 : 200).send(show(id, riskLevel));
    });
}
