import type { FastifyInstance } from "fastify";

import { AUTHENTICATORS } from "../policies/settings";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

/** Okta's authenticators, which policies of type MFA_ENROLL name by their keys. They cannot be changed here. */
export function authenticatorRoutes(app: FastifyInstance, world: World): void {
    const began = stampOf(world.now());
    app.get("/api/v1/authenticators", async () =>
        AUTHENTICATORS.map((key) => ({
            type: TYPES[key] ?? "app",
            id: idOf(key),
            key,
            status: "ACTIVE",
            name: key.replace(/_/g, " "),
            created: began,
            lastUpdated: began,
            _links: {
                self: { href: `${world.url}/api/v1/authenticators/${idOf(key)}`, hints: { allow: ["GET", "PUT"] } },
            },
        })),
    );
}

const TYPES: Readonly<Record<string, string>> = {
    okta_email: "email",
    okta_password: "password",
    phone_number: "phone",
    security_question: "security_question",
    onprem_mfa: "security_key",
};

/** The same in every organisation, so that nothing has to be kept. */
function idOf(key: string): string {
    return `aut${key.replace(/_/g, "").padEnd(17, "0").slice(0, 17)}`;
}
