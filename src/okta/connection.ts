import { fail } from "../core/errors/errors";
import type { Credential } from "./exchange/credential";
import { normalOrgUrl, orgUrlOf } from "./exchange/orgUrl";

export type { Credential };

/** The URL of an org, and the credential. */
export interface OktaConnection {
    /** Scheme and host, with no slash at the end: `https://acme.okta.com`. */
    readonly orgUrl: string;
    readonly credential: Credential;
    /** Whether the URL is that of `httpProxy`: then no other proxy is used. @default false */
    readonly isHttpProxy?: boolean;
}

export interface FindOktaOptions {
    /** The configured value of a key such as `orgName`, which is `okta:orgName` in a stack. */
    readonly config: (key: string) => string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Replaces the org's address, for an emulator. */
    readonly url?: string;
    /**
     * The name of a key in the configuration, for messages; undefined if it can only be
     * set in the environment.
     *
     * @default the key with `okta:` before it
     */
    readonly nameOf?: (key: string) => string | undefined;
    /** Whether messages name the environment variables of keys that can be configured. @default true */
    readonly isEnvTold?: boolean;
}

/** The Okta provider's keys and the environment variables behind them. */
const VARIABLES = {
    orgName: "OKTA_ORG_NAME",
    baseUrl: "OKTA_BASE_URL",
    accessToken: "OKTA_ACCESS_TOKEN",
    apiToken: "OKTA_API_TOKEN",
    clientId: "OKTA_API_CLIENT_ID",
    privateKey: "OKTA_API_PRIVATE_KEY",
    privateKeyId: "OKTA_API_PRIVATE_KEY_ID",
    scopes: "OKTA_API_SCOPES",
    httpProxy: "OKTA_HTTP_PROXY",
} as const;

type Key = keyof typeof VARIABLES;

/** A value, and the name of the place where it was found. */
interface Found {
    readonly text: string;
    readonly from: string;
    readonly isConfigured: boolean;
}

/** Reads values; the configuration precedes the environment; a blank value counts as missing. */
interface Settings {
    find(key: Key): Found | undefined;
    /** Where a value can be set: `okta:orgName (or OKTA_ORG_NAME)`. */
    place(key: Key): string;
}

/**
 * Finds Okta as the Okta provider does: each value in the configuration, else in
 * the environment; of the credentials the access token, else the API token, else
 * the private key; `httpProxy` in place of the org's address.
 *
 * Source: terraform-provider-okta, okta/config/config.go.
 *
 * @throws `bad-input` for what is missing or wrong; the message never holds a secret
 */
export function findOkta(options: FindOktaOptions): OktaConnection {
    const settings = settingsOf(options);
    const isHttpProxy = options.url === undefined && settings.find("httpProxy") !== undefined;
    const orgUrl = findOrgUrl(settings, options.url);
    return { orgUrl, credential: findCredential(settings), ...(isHttpProxy && { isHttpProxy }) };
}

/**
 * The places of credentials that are ignored, as another has precedence:
 * with `OKTA_ACCESS_TOKEN` and `OKTA_API_TOKEN` in the environment, the latter.
 */
export function unusedCredentials(options: FindOktaOptions): readonly string[] {
    const { find } = settingsOf(options);
    const places = (["accessToken", "apiToken", "privateKey"] as const).flatMap((key) => find(key)?.from ?? []);
    return places.slice(1);
}

function settingsOf({ config, env, nameOf = (key) => `okta:${key}`, isEnvTold = true }: FindOktaOptions): Settings {
    return {
        find(key) {
            const variable = VARIABLES[key];
            const configured = config(key)?.trim() ?? "";
            if (configured !== "") return { text: configured, from: nameOf(key) ?? key, isConfigured: true };
            const text = env[variable]?.trim() ?? "";
            return text === "" ? undefined : { text, from: variable, isConfigured: false };
        },
        place(key) {
            const name = nameOf(key);
            if (name === undefined) return VARIABLES[key];
            return isEnvTold ? `${name} (or ${VARIABLES[key]})` : name;
        },
    };
}

function findOrgUrl({ find, place }: Settings, url: string | undefined): string {
    if (url !== undefined) return normalOrgUrl(url, "the URL of Okta");
    const proxy = find("httpProxy");
    if (proxy !== undefined) return normalOrgUrl(proxy.text, proxy.from);
    const [orgName, baseUrl] = [find("orgName"), find("baseUrl")];
    if (orgName === undefined)
        return fail("bad-input", `no Okta org: set ${place("orgName")}; of acme.okta.com it is acme`);
    if (baseUrl === undefined) {
        return fail("bad-input", `no domain of Okta: set ${place("baseUrl")}; of acme.okta.com it is okta.com`);
    }
    return orgUrlOf(orgName.text, baseUrl.text, { orgName: orgName.from, baseUrl: baseUrl.from });
}

function findCredential(settings: Settings): Credential {
    const { find, place } = settings;
    const [accessToken, apiToken] = [find("accessToken"), find("apiToken")];
    if (apiToken?.isConfigured) refuseCompanions(apiToken, settings);
    if (accessToken !== undefined) {
        return { kind: "access-token", accessToken: bareToken(accessToken, "Bearer"), from: accessToken.from };
    }
    if (apiToken !== undefined)
        return { kind: "api-token", apiToken: bareToken(apiToken, "SSWS"), from: apiToken.from };
    if (find("privateKey") !== undefined || find("clientId") !== undefined) return findPrivateKey(settings);
    return fail(
        "bad-input",
        `no Okta credential: set ${place("apiToken")}, or ${place("accessToken")}, or the ` +
            `OAuth app's ${place("clientId")}, ${place("privateKey")} and ${place("scopes")}`,
    );
}

/** Refuses conflicting settings, as the Okta provider does, and only for values of the configuration. */
function refuseCompanions(apiToken: Found, { find }: Settings): void {
    for (const key of ["accessToken", "clientId", "scopes", "privateKey", "privateKeyId"] as const) {
        const other = find(key);
        if (other?.isConfigured)
            fail("bad-input", `${apiToken.from} and ${other.from} are both set; remove one of them`);
    }
}

function findPrivateKey({ find, place }: Settings): Credential {
    const need = (key: Key) => find(key) ?? fail("bad-input", `the OAuth app lacks a value: set ${place(key)}`);
    const [clientId, privateKey, scopes] = [need("clientId"), need("privateKey"), need("scopes")];
    const privateKeyId = find("privateKeyId")?.text;
    return {
        kind: "private-key",
        clientId: clientId.text,
        privateKey: isPem(privateKey.text) ? privateKey.text.replaceAll("\\n", "\n") : privateKey.text,
        ...(privateKeyId === undefined ? {} : { privateKeyId }),
        scopes: scopesIn(scopes),
        from: privateKey.from,
    };
}

/** A PEM in an environment variable often has its line ends written out; a path may have a \n in it. */
function isPem(text: string): boolean {
    return text.startsWith("-----BEGIN ");
}

/** A pasted token without blanks around it, and without the scheme that precedes it in the header. */
function bareToken({ text, from }: Found, scheme: "SSWS" | "Bearer"): string {
    const token = text.replace(new RegExp(`^${scheme}\\s+`, "i"), "");
    if (/^[\x21-\x7e]+$/.test(token) && token.toUpperCase() !== scheme.toUpperCase()) return token;
    return fail("bad-input", `${from} has blanks or other characters that no token has; paste the token alone`);
}

/** `["okta.zones.read"]`, as a stack keeps a list, or `a,b`, as the environment does. */
function scopesIn({ text, from }: Found): readonly string[] {
    const scopes = text.startsWith("[") ? listIn(text) : text.split(/[\s,]+/);
    const named = scopes?.filter((scope) => scope !== "") ?? [];
    if (named.length > 0 && named.every((scope) => /^[\w.:-]+$/.test(scope))) return named;
    return fail("bad-input", `${from} is not a list of scopes such as okta.networkZones.read,okta.networkZones.manage`);
}

function listIn(text: string): readonly string[] | undefined {
    try {
        const list: unknown = JSON.parse(text);
        return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : undefined;
    } catch {
        return undefined;
    }
}
