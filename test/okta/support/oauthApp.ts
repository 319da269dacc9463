import { generateKeyPairSync } from "node:crypto";

import type { OktaHttpOptions } from "../../../src/okta/http";
import { testClient } from "./client";
import type { Asked, Reply } from "./scriptedServer";

export const TOKEN = "opaque-access-token-1";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** The half of the app's key that Okta would have. */
export const APP_KEY = publicKey;

/** An answer of the token endpoint. */
export function grant(token_type: string, access_token = TOKEN, expires_in = 3600): Reply {
    return { body: { token_type, access_token, expires_in, scope: "okta.networkZones.read" } };
}

/** A client for a service app. */
export function appAt(orgUrl: string, change: Partial<OktaHttpOptions> = {}) {
    const credential = {
        kind: "private-key",
        clientId: "0oa1",
        privateKey: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
        privateKeyId: "kid1",
        scopes: ["okta.networkZones.read", "okta.networkZones.manage"],
        from: "okta:privateKey",
    } as const;
    return testClient(orgUrl, { connection: { orgUrl, credential }, ...change });
}

export function paths(asked: readonly Asked[]): string[] {
    return asked.map(({ method, path }) => `${method} ${path}`);
}
