import { strict as assert } from "node:assert";

/** What a browser does without a page: cookies by host, redirects, forms. */
export interface Visit {
    /** The address of the page that is shown. */
    readonly url: string;
    readonly status: number;
    readonly text: string;
    readonly headers: Headers;
}

export interface TestBrowser {
    /** What is shown now. */
    readonly page: Visit;
    go(url: string, init?: RequestInit): Promise<Visit>;
    /** One request that is not followed. */
    ask(url: string, init?: RequestInit): Promise<Visit>;
    /** Sends a form of the page that is shown. */
    submit(action: string, fields?: Readonly<Record<string, string>>, headers?: Record<string, string>): Promise<Visit>;
    /** The token in the forms of the page that is shown. */
    csrf(): string;
    /** Signs in at the portal as a user of the emulator. */
    signIn(portal: string, login: string): Promise<Visit>;
    readonly cookies: Map<string, Map<string, string>>;
}

/** @param address Where the visitor comes from, as the trusted proxy in front of the portal says it. */
export function openTestBrowser(address: string | undefined): TestBrowser {
    const cookies = new Map<string, Map<string, string>>();
    let page: Visit = { url: "about:blank", status: 0, text: "", headers: new Headers() };

    async function ask(url: string, init: RequestInit = {}): Promise<Visit> {
        const { host } = new URL(url);
        const jar = cookies.get(host) ?? new Map<string, string>();
        cookies.set(host, jar);
        const headers = new Headers(init.headers);
        if (!headers.has("accept")) headers.set("accept", "text/html");
        if (address !== undefined && !headers.has("x-forwarded-for")) headers.set("x-forwarded-for", address);
        if (jar.size > 0) headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
        const answer = await fetch(url, { ...init, headers, redirect: "manual" });
        for (const cookie of answer.headers.getSetCookie()) {
            const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
            if (/max-age=0|1970/i.test(cookie)) jar.delete(name);
            else jar.set(name, value);
        }
        return { url, status: answer.status, text: await answer.text(), headers: answer.headers };
    }

    async function go(url: string, init?: RequestInit): Promise<Visit> {
        page = await ask(url, init);
        for (let hops = 0; hops < 10 && page.status >= 300 && page.status < 400; hops += 1) {
            page = await ask(new URL(page.headers.get("location") ?? "", page.url).href);
        }
        return page;
    }

    const submit: TestBrowser["submit"] = (action, fields = {}, headers = {}) => {
        const url = new URL(action, page.url);
        const own = { origin: new URL(page.url).origin, "content-type": "application/x-www-form-urlencoded" };
        return go(url.href, { method: "POST", headers: { ...own, ...headers }, body: new URLSearchParams(fields) });
    };

    return {
        get page() {
            return page;
        },
        go,
        ask,
        submit,
        csrf: () => /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? "",
        async signIn(portal, login) {
            await go(`${portal}/`);
            await submit("/login");
            const fromURI = new URL(page.url).searchParams.get("fromURI");
            assert.ok(fromURI, `no login page: ${page.text.slice(0, 300)}`);
            await submit("/login/login.htm", { login, fromURI });
            assert.equal(page.status, 200, page.text.slice(0, 800));
            return page;
        },
        cookies,
    };
}
