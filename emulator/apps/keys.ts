import { createHash } from "node:crypto";

import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { paramsOf } from "../http/http";
import { type Document, documentOf } from "../state/document";
import type { App, Org } from "../state/org";
import type { World } from "../state/world";

/** An app's signing key lives ten years. */
const LIFETIME_YEARS = 10;

/**
 * What the Okta provider reads of a SAML app's signing key. The emulator signs
 * nobody in, so that the key and the certificate are of the right form and
 * good for nothing.
 */
export function samlRoutes(app: FastifyInstance, world: World, appOf: (org: Org, id: string) => App): void {
    app.get("/api/v1/apps/:id/credentials/keys", async (request) => [keyOf(appOf(world.org, paramsOf(request).id))]);
    app.get("/api/v1/apps/:id/sso/saml/metadata", async (request, reply) => {
        const found = appOf(world.org, paramsOf(request).id);
        if (found.document.signOnMode !== "SAML_2_0") return missing(found.document.id, "AppInstance");
        return reply.type("application/xml;charset=ISO-8859-1").send(metadataOf(found, world.url));
    });
}

/** The key by which a SAML app signs. */
export function keyOf({ document }: App): Document {
    const { created } = document;
    const [year = ""] = String(created).split("-");
    const certificate = certificateOf(document.id);
    return {
        kty: "RSA",
        created,
        lastUpdated: created,
        expiresAt: String(created).replace(year, String(Number(year) + LIFETIME_YEARS)),
        kid: documentOf(documentOf(document.credentials).signing).kid,
        use: "sig",
        x5c: [certificate],
        "x5t#S256": createHash("sha256").update(certificate, "base64").digest("base64url"),
        e: "AQAB",
        n: madeUpBytes(document.id, 256).toString("base64url"),
    };
}

function certificateOf(appId: string): string {
    return madeUpBytes(`certificate of ${appId}`, 966).toString("base64");
}

function madeUpBytes(word: string, length: number): Buffer {
    const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, index) =>
        createHash("sha512").update(`${word} ${index}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, length);
}

function metadataOf({ document }: App, url: string): string {
    const external = `exk${document.id.slice(3)}`;
    const service = (kind: string, path: string) =>
        ["HTTP-POST", "HTTP-Redirect"].map((binding) => {
            const location = `${url}/app/${document.name}/${external}/${path}/saml`;
            return `<md:${kind} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${location}"/>`;
        });
    const signOn = documentOf(documentOf(document.settings).signOn);
    const hasLogout = documentOf(signOn.slo).enabled === true;
    const certificate = certificateOf(document.id).replace(/.{76}/g, "$&\n");
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<md:EntityDescriptor entityID="http://www.okta.com/${external}" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">`,
        '<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
        '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>',
        `<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
        ...(hasLogout ? service("SingleLogoutService", "slo") : []),
        `<md:NameIDFormat>${signOn.subjectNameIdFormat}</md:NameIDFormat>`,
        ...service("SingleSignOnService", "sso"),
        "</md:IDPSSODescriptor></md:EntityDescriptor>",
    ].join("");
}
