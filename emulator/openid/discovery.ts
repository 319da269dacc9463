import type { FastifyInstance } from "fastify";

import type { World } from "../state/world";

/** What an Okta organization says about its authorization server, as far as it is emulated. */
export function discoveryRoutes(app: FastifyInstance, world: World): void {
    for (const name of ["openid-configuration", "oauth-authorization-server"]) {
        app.get(`/.well-known/${name}`, async () => metadataOf(world.url));
    }
    app.get("/oauth2/v1/keys", async () => world.openId.keys.published());
}

function metadataOf(url: string) {
    const at = `${url}/oauth2/v1`;
    return {
        issuer: url,
        authorization_endpoint: `${at}/authorize`,
        token_endpoint: `${at}/token`,
        userinfo_endpoint: `${at}/userinfo`,
        jwks_uri: `${at}/keys`,
        end_session_endpoint: `${at}/logout`,
        revocation_endpoint: `${at}/revoke`,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
        scopes_supported: ["openid", "email", "profile", "address", "phone", "offline_access", "groups"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        claims_supported: ["iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name"],
        code_challenge_methods_supported: ["S256"],
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        request_parameter_supported: false,
    };
}
