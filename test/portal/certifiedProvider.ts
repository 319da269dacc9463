import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { exportJWK, generateKeyPair } from "jose";
import type Provider from "oidc-provider";

/** A certified provider that knows nothing of Okta; every sign-in is that of `ana`. */
export interface CertifiedProvider extends AsyncDisposable {
    readonly url: string;
    /** Takes back what people allowed the portal: their refresh tokens are good for nothing. */
    revoke(): Promise<void>;
    /** Signs with a new key from now on, and publishes no other one. */
    rotate(): Promise<void>;
}

const SCOPES = ["openid", "profile", "groups", "offline_access"];

/** @param portal The address of its client, once that is known. */
export async function startCertifiedProvider(portal: () => string): Promise<CertifiedProvider> {
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const grants: string[] = [];
    let provider: Provider | undefined;
    const present = async () => {
        provider ??= await freshProvider(url, portal());
        return provider;
    };
    async function answer(request: IncomingMessage, response: ServerResponse) {
        const known = await present();
        if (!request.url?.startsWith("/interaction/")) return known.callback()(request, response);
        const { prompt, params, session } = await known.interactionDetails(request, response);
        if (prompt.name === "login") {
            return known.interactionFinished(request, response, { login: { accountId: "ana" } });
        }
        const grant = new known.Grant({ accountId: session?.accountId ?? "", clientId: String(params.client_id) });
        grant.addOIDCScope(SCOPES.join(" "));
        const grantId = await grant.save();
        grants.push(grantId);
        return known.interactionFinished(request, response, { consent: { grantId } });
    }
    return {
        url,
        async revoke() {
            const known = await present();
            for (const id of grants.splice(0)) await (await known.Grant.find(id))?.destroy();
        },
        async rotate() {
            // What it keeps of people is beyond the instance, and stays.
            provider = await freshProvider(url, portal());
        },
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

let keys = 0;

async function freshProvider(url: string, portal: string): Promise<Provider> {
    const { default: Provider } = await import("oidc-provider");
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    keys += 1;
    return new Provider(url, {
        clients: [
            {
                client_id: "portal",
                client_secret: "a-client-secret-of-the-portal",
                redirect_uris: [`${portal}/callback`],
                post_logout_redirect_uris: [`${portal}/`],
                backchannel_logout_uri: `${portal}/backchannel-logout`,
                backchannel_logout_session_required: true,
                response_types: ["code"],
                grant_types: ["authorization_code", "refresh_token"],
            },
        ],
        jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: `key-${keys}`, alg: "RS256", use: "sig" }] },
        claims: { openid: ["sub"], profile: ["name", "login"], groups: ["groups"] },
        scopes: SCOPES,
        findAccount: (_context, sub) => ({
            accountId: sub,
            claims: () => ({ sub, name: "Ana Anders", login: "ana@example.com", groups: ["Staff"] }),
        }),
        // As providers do that give one to every client which may have it.
        issueRefreshToken: async () => true,
        features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
        // By itself it sends a logout token to no address of the loopback.
        fetch: (to, options) => {
            const { dispatcher: _, ...rest } = options ?? {};
            return fetch(to, rest);
        },
        // Longer than the clocks of the tests go apart.
        ttl: { AuthorizationCode: 900, Interaction: 3600, Session: 86_400, Grant: 86_400, RefreshToken: 86_400 },
        interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
        cookies: { keys: ["k"] },
    });
}
