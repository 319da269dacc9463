import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { paramsOf } from "../http/http";
import type { Document } from "../state/document";
import type { World } from "../state/world";

/** The factors of an organisation on Classic Engine, by their id. Source: Okta's reference, "Org factors". */
const FACTORS: readonly (readonly [id: string, provider: string, factorType: string])[] = [
    ["duo", "DUO", "web"],
    ["fido_u2f", "FIDO", "u2f"],
    ["fido_webauthn", "FIDO", "webauthn"],
    ["google_otp", "GOOGLE", "token:software:totp"],
    // Source: the Okta provider, which lists it as a factor of the org; the type is that of the factors API.
    ["hotp", "CUSTOM", "token:hotp"],
    ["okta_call", "OKTA", "call"],
    ["okta_email", "OKTA", "email"],
    ["okta_otp", "OKTA", "token:software:totp"],
    ["okta_password", "OKTA", "password"],
    ["okta_push", "OKTA", "push"],
    ["okta_question", "OKTA", "question"],
    ["okta_sms", "OKTA", "sms"],
    ["rsa_token", "RSA", "token"],
    ["symantec_vip", "SYMANTEC", "token"],
    ["yubikey_token", "YUBICO", "token:hardware"],
];

/**
 * Which factors an organisation has, and turning them on and off; nobody enrolls in one here.
 *
 * Source of the shape: the Okta provider's recording UserFactorQuestion_crud.
 */
export function factorRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/org/factors";
    const show = (id: string): Document => {
        const [, provider, factorType] = FACTORS.find((each) => each[0] === id) ?? missing(id, "OrgFactor");
        const isActive = world.org.activeFactors.has(id);
        const self = `${world.url}${all}/${id}`;
        const turn = isActive ? "deactivate" : "activate";
        return {
            id,
            provider,
            factorType,
            status: isActive ? "ACTIVE" : "INACTIVE",
            _links: {
                self: { href: self, hints: { allow: ["GET"] } },
                [turn]: { href: `${self}/lifecycle/${turn}`, hints: { allow: ["POST"] } },
            },
        };
    };
    app.get(all, async () => FACTORS.map(([id]) => show(id)));
    app.get(`${all}/:id`, async (request) => show(paramsOf(request).id));
    app.post(`${all}/:id/lifecycle/activate`, async (request) => {
        const { id } = paramsOf(request);
        show(id);
        world.org.activeFactors.add(id);
        return show(id);
    });
    app.post(`${all}/:id/lifecycle/deactivate`, async (request) => {
        const { id } = paramsOf(request);
        world.org.activeFactors.delete(id);
        return show(id);
    });
}
