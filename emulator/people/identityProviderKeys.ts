import { createHash, X509Certificate } from "node:crypto";
import type { FastifyInstance } from "fastify";

import { keyOf } from "../apps/keys";
import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import { type Document, stringsOf } from "../state/document";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

/**
 * The keys by which identity providers of SAML sign; no signature is checked here.
 *
 * Source: the Okta provider's recording IdpSaml_crud.
 */
export function identityProviderKeyRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/idps/credentials/keys";
    const kept = () => world.org.identityProviderKeys;
    const of = (kid: string): Document => kept().get(kid) ?? missing(kid, "IdpKeyCredential");
    app.get(all, async () => [...kept().values()]);
    app.post(all, async (request) => {
        const x5c = stringsOf(bodyOf(request).x5c);
        const [kid, now] = [world.ids.uuid(), stampOf(world.now())];
        const shared = { kty: "RSA", created: now, lastUpdated: now, alg: "RSA", kid, use: "sig", x5c };
        kept().set(kid, { ...shared, ...keyIn(x5c[0] ?? "", world) });
        return of(kid);
    });
    app.get(`${all}/:id`, async (request) => of(paramsOf(request).id));
    app.delete(`${all}/:id`, async (request, reply) => {
        const { id } = paramsOf(request);
        of(id);
        kept().delete(id);
        return reply.code(204).send();
    });
}

/** What the certificate says of its key. The words of the refusal are the emulator's. */
function keyIn(x5c: string, { org }: World): Document {
    const der = Buffer.from(x5c, "base64");
    const certificate = certificateIn(der);
    if (certificate !== undefined) {
        const { kty, e, n } = certificate.publicKey.export({ format: "jwk" });
        if (kty !== "RSA") return invalid("x5c", "The key of the certificate is not an RSA key.");
        const print = createHash("sha256").update(der).digest("base64url");
        return { expiresAt: stampOf(Date.parse(certificate.validTo)), "x5t#S256": print, e, n };
    }
    // The certificates of the emulator's own apps are made up.
    const ofApp = [...org.apps.values()].map(keyOf).find((key) => stringsOf(key.x5c)[0] === der.toString("base64"));
    if (ofApp === undefined) return invalid("x5c", "The certificate cannot be read.");
    return { expiresAt: ofApp.expiresAt, "x5t#S256": ofApp["x5t#S256"], e: ofApp.e, n: ofApp.n };
}

function certificateIn(der: Buffer): X509Certificate | undefined {
    try {
        return new X509Certificate(der);
    } catch {
        return undefined;
    }
}
