import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { openPortalScene } from "./scene";

/** A certified provider that knows nothing of Okta; whoever asks is signed in as `ana`. */
async function startProvider(callback: () => string) {
    const { default: Provider } = await import("oidc-provider");
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new Provider(url, {
        clients: [
            {
                client_id: "portal",
                client_secret: "a-client-secret-of-the-portal",
                redirect_uris: [callback()],
                response_types: ["code"],
                grant_types: ["authorization_code", "refresh_token"],
            },
        ],
        claims: { openid: ["sub"], profile: ["name", "login"], groups: ["groups"] },
        scopes: ["openid", "profile", "groups", "offline_access"],
        findAccount: (_context, sub) => ({
            accountId: sub,
            claims: () => ({ sub, name: "Ana Anders", login: "ana@example.com", groups: ["Staff"] }),
        }),
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
        cookies: { keys: ["k"] },
    });
    const answer = provider.callback();
    const handler = async (request: Parameters<typeof answer>[0], response: Parameters<typeof answer>[1]) => {
        if (!request.url?.startsWith("/interaction/")) return answer(request, response);
        const { prompt, params, session } = await provider.interactionDetails(request, response);
        if (prompt.name === "login") {
            return provider.interactionFinished(request, response, { login: { accountId: "ana" } });
        }
        const grant = new provider.Grant({ accountId: session?.accountId ?? "", clientId: String(params.client_id) });
        grant.addOIDCScope("openid profile groups offline_access");
        return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
    };
    return {
        url,
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

describe("the portal with another certified provider", () => {
    it("signs in by discovery, PKCE and userinfo, and grants under the claim that names the user", async () => {
        const port = 30_000 + (process.pid % 1_300);
        const url = `http://127.0.0.1:${port}`;
        await using provider = await startProvider(() => `${url}/callback`);
        const login = {
            issuer: provider.url,
            clientId: "portal",
            scopes: ["openid", "profile", "groups"],
            userClaim: "login",
        };
        await using scene = await openPortalScene({ config: { url, listen: `127.0.0.1:${port}`, login } });
        const browser = scene.browser();
        await browser.go(`${url}/`);
        await browser.submit("/login");
        assert.equal(browser.page.url, `${url}/`, browser.page.text.slice(0, 500));
        await browser.submit("/do/grants", { _csrf: browser.csrf(), access: "payroll" });
        const [grant] = (await scene.store.read(new AbortController().signal)).grants.values();
        assert.deepEqual(
            [grant?.holder.user, grant?.holder.iss, grant?.holder.sub],
            ["ana@example.com", provider.url, "ana"],
        );
    });

    it("does not believe an answer of another issuer", async () => {
        const port = 31_400 + (process.pid % 1_300);
        const url = `http://127.0.0.1:${port}`;
        await using provider = await startProvider(() => `${url}/callback`);
        const login = { issuer: provider.url, clientId: "portal", scopes: ["openid", "profile"], userClaim: "login" };
        await using scene = await openPortalScene({ config: { url, listen: `127.0.0.1:${port}`, login } });
        const browser = scene.browser();
        const begun = await browser.ask(`${url}/login`);
        const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state") ?? "";
        const mixed = new URLSearchParams({ code: "x", state, iss: "https://evil.example" });
        const answer = await browser.ask(`${url}/callback?${mixed}`, { headers: { accept: "application/json" } });
        assert.deepEqual([answer.status, JSON.parse(answer.text).code], [400, "ZK810"]);
        assert.match(JSON.parse(answer.text).detail, /^the sign-in is not believed: .*iss/);
    });
});
