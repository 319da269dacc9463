import { strict as assert } from "node:assert";
import { createServer } from "node:net";

import { documentOf } from "../../emulator/state/document";
import { openTestBrowser } from "./browser";
import { ANA, openPortalScene, seedFor } from "./scene";

/** One portal behind two names: `[::1]`, to which visitors come by IPv6, and `127.0.0.1`, which is of IPv4 only. */
const names = (port: number) => ({ url: `http://[::1]:${port}`, ipv4Url: `http://127.0.0.1:${port}` });

function open(isRegistered: boolean) {
    return openPortalScene({
        configOf: (port) => ({ ...names(port), listen: `[::]:${port}`, trustedProxies: [], allowUnroutable: true }),
        seedOf: (ipv4Url) => {
            const [app] = seedFor(ipv4Url).apps ?? [];
            const url = ipv4Url.replace("127.0.0.1", "[::1]");
            const origins = isRegistered ? [url, ipv4Url] : [url];
            const oauthClient = {
                redirect_uris: origins.map((origin) => `${origin}/callback`),
                post_logout_redirect_uris: origins.map((origin) => `${origin}/`),
            };
            return { apps: [{ label: "Zonekeeper portal", ...documentOf(app), settings: { oauthClient } }] };
        },
    });
}

describe("a portal with ipv4Url", () => {
    before(async function () {
        if (!(await hasIpv6())) this.skip();
    });

    it("leads IPv6 visitors to its IPv4 name, and grants the address from which they come there", async () => {
        await using scene = await open(true);
        const { url, ipv4Url } = names(Number(new URL(scene.url).port));
        const ana = openTestBrowser(undefined);
        await ana.signIn(url, ANA);
        assert.match(ana.page.text, /You come from <b class="address">::1<\/b>/);
        assert.match(ana.page.text, /class="primary"[^>]* disabled>Get for 4 h/);
        const [, link = ""] = /<a href="([^"]+)">Open the portal by IPv4<\/a>/.exec(ana.page.text) ?? [];
        assert.equal(link, `${ipv4Url}/`);
        await ana.go(link);
        await ana.submit("/login");
        assert.equal(ana.page.url, `${ipv4Url}/`, "the provider knows Ana still, and asks for nothing");
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        const { grants } = await scene.store.read(new AbortController().signal);
        assert.deepEqual(
            [...grants.values()].map(({ addresses }) => addresses),
            [["127.0.0.1"]],
        );
        await ana.submit("/logout", { _csrf: ana.csrf() });
        assert.equal(ana.page.url, `${ipv4Url}/`);
        assert.match(ana.page.text, />Sign in<\/button>/);
    });

    it("cannot sign anybody in there where the app lacks the second redirect, and the provider says so on a page", async () => {
        await using scene = await open(false);
        const { ipv4Url } = names(Number(new URL(scene.url).port));
        const ana = openTestBrowser(undefined);
        await ana.go(`${ipv4Url}/`);
        await ana.submit("/login");
        assert.deepEqual([ana.page.status, ana.page.headers.get("content-type")], [400, "text/html; charset=utf-8"]);
        assert.match(ana.page.text, /must be a Login redirect URI/);
    });
});

function hasIpv6(): Promise<boolean> {
    const server = createServer();
    return new Promise((resolve) => {
        server.once("error", () => resolve(false));
        server.listen(0, "::1", () => server.close(() => resolve(true)));
    });
}
