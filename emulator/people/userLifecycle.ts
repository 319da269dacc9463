import type { FastifyInstance } from "fastify";

import { invalid, refuse } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import { logEvent } from "../logs/events";
import type { Document } from "../state/document";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { findUser, loginOf } from "./findUser";
import { credentialsOf } from "./userBody";

interface Step {
    readonly from: readonly string[];
    readonly to: string;
    readonly event: string;
}

const ANY_BUT_GONE = ["STAGED", "PROVISIONED", "ACTIVE", "SUSPENDED", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"];

/** Source: Okta's reference, user lifecycle. A user without a password is PROVISIONED where another would be ACTIVE. */
const STEPS = {
    activate: { from: ["STAGED", "DEPROVISIONED"], to: "ACTIVE", event: "user.lifecycle.activate" },
    reactivate: { from: ["PROVISIONED", "RECOVERY"], to: "PROVISIONED", event: "user.lifecycle.reactivate" },
    deactivate: { from: ANY_BUT_GONE, to: "DEPROVISIONED", event: "user.lifecycle.deactivate" },
    suspend: { from: ["ACTIVE"], to: "SUSPENDED", event: "user.lifecycle.suspend" },
    unsuspend: { from: ["SUSPENDED"], to: "ACTIVE", event: "user.lifecycle.unsuspend" },
    unlock: { from: ["LOCKED_OUT"], to: "ACTIVE", event: "user.account.unlock" },
    expire_password: {
        from: ["ACTIVE", "PASSWORD_EXPIRED"],
        to: "PASSWORD_EXPIRED",
        event: "user.account.expire_password",
    },
    reset_password: { from: ANY_BUT_GONE.slice(1), to: "RECOVERY", event: "user.account.reset_password" },
} satisfies Readonly<Record<string, Step>>;

/** What moves users from one status to another. */
export function lifecycleRoutes(app: FastifyInstance, world: World): void {
    for (const step of Object.keys(STEPS) as (keyof typeof STEPS)[]) {
        app.post(`/api/v1/users/:id/lifecycle/${step}`, async (request) => {
            turnUser(world, findUser(world.org, paramsOf(request).id), step);
            return {};
        });
    }
    app.post("/api/v1/users/:id/lifecycle/reset_factors", async (request) => {
        findUser(world.org, paramsOf(request).id);
        return {};
    });
    for (const change of ["change_password", "change_recovery_question"]) {
        app.post(`/api/v1/users/:id/credentials/${change}`, async (request) => {
            const user = findUser(world.org, paramsOf(request).id);
            const body = bodyOf(request);
            const credentials = credentialsOf(body, user.credentials as Document);
            const now = stampOf(world.now());
            const changed = {
                credentials,
                lastUpdated: now,
                ...(change === "change_password" && { passwordChanged: now }),
            };
            world.org.users.set(String(user.id), { ...user, ...changed });
            return credentials;
        });
    }
}

/** The user in its new status. Okta's words for a refusal are known of `activate` only. */
export function turnUser(world: World, user: Document, name: keyof typeof STEPS): Document {
    const { from, to, event }: Step = STEPS[name];
    const [id, status] = [String(user.id), String(user.status)];
    if (!from.includes(status)) {
        if (name === "activate") {
            refuse(403, "E0000016", "Activation failed because the user is already active");
        }
        invalid(
            "status",
            `A user who is ${status} cannot go through ${name}; the status has to be ${from.join(" or ")}.`,
        );
    }
    const now = stampOf(world.now());
    const next = to === "ACTIVE" && !world.org.passwords.has(id) ? "PROVISIONED" : to;
    const turned = {
        ...user,
        status: next,
        statusChanged: now,
        lastUpdated: now,
        ...(name === "activate" && { activated: now }),
    };
    world.org.users.set(id, turned);
    logEvent(world, event, { id, name: loginOf(user) });
    return turned;
}

/** The first DELETE deactivates a user, the second one deletes (recorded). */
export function removeUser(world: World, user: Document): void {
    const { org } = world;
    if (user.status !== "DEPROVISIONED") {
        turnUser(world, user, "deactivate");
        return;
    }
    const id = String(user.id);
    org.users.delete(id);
    org.passwords.delete(id);
    for (const members of org.members.values()) members.delete(id);
    for (const users of org.appParts.users.values()) users.delete(id);
    logEvent(world, "user.lifecycle.delete.completed", { id, name: loginOf(user) });
}
