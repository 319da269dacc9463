import type { CertificateFacts, ExtraAuthorities } from "../core/outgoing/connectionFault";
import { connectionProblem } from "../core/outgoing/connectionProblem";
import { type Environment, openVias, type Via } from "./agents";
import { RESETS, resetsHandshake, shownCertificates } from "./certificates";
import { extraAuthorities } from "./extraAuthorities";
import { wholeFetch } from "./wholeFetch";

/** The part of fetch that is used: for a URL as a text, without following redirects. */
export type Fetch = typeof globalThis.fetch;

/** Errors whose message needs the certificate. */
const ABOUT_CERTIFICATE = /CERT|ISSUER|LEAF_SIGNATURE/;

/**
 * fetch through the proxies that the environment names, see proxyFor. An error about a certificate that the server showed
 * has that certificate: see connectionProblem.
 *
 * Node's own fetch takes no proxy before Node 22.21, so a request through one is made by Node's HTTP client.
 *
 * @param direct Node's own, for what needs no proxy.
 */
export function outgoingFetch(env: Environment, direct: Fetch = globalThis.fetch): Fetch {
    const viaOf = openVias(env);
    return async (input, init = {}) => {
        const url = new URL(input instanceof Request ? input.url : input);
        const via = viaOf(url);
        const work = via === undefined ? direct(input, init) : wholeFetch(url.href, requestOf(init), via);
        return work.catch((error: unknown) => explained(error, url, { via, env }));
    };
}

/** The GET of a document: see wholeFetch; through proxies and with the certificate, as outgoingFetch. */
export function outgoingWholeFetch(env: Environment): typeof wholeFetch {
    const viaOf = openVias(env);
    return async (href, init) => {
        const url = new URL(href);
        const via = viaOf(url);
        return wholeFetch(href, init, via).catch((error: unknown) => explained(error, url, { via, env }));
    };
}

/** The options of fetch that are supported: a body is a text, or the fields of a form. */
function requestOf({ method, headers, body, signal }: RequestInit) {
    return {
        method: method ?? "GET",
        headers: Object.fromEntries(new Headers(headers)),
        ...(body !== undefined && body !== null && { body: String(body) }),
        signal: signal ?? new AbortController().signal,
    };
}

/** Puts what the server's certificate is to an error that is about it, and throws it on. */
async function explained(
    error: unknown,
    url: URL,
    { via, env }: { readonly via: Via | undefined; readonly env: Environment },
): Promise<never> {
    const fault = deepest(error);
    if (fault !== undefined && ABOUT_CERTIFICATE.test(String(fault.code ?? "")) && connectionProblem(error)) {
        const chain = await shownCertificates(url, via);
        const authorities = await extraAuthorities(env);
        Object.assign(fault, { ...(chain && { chain }), ...(authorities && { authorities }) });
    }
    if (fault !== undefined && RESETS.includes(String(fault.code)) && url.protocol === "https:") {
        const isKnown = connectionProblem(error) !== undefined;
        if (!isKnown && (await resetsHandshake(url, via))) Object.assign(fault, { isInHandshake: true });
    }
    throw error;
}

function deepest(error: unknown): { readonly code?: unknown } | undefined {
    const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === "string" && code !== "") return error as { code: string };
    if (Array.isArray(errors) && errors.length > 0) return deepest(errors[0]);
    return cause === undefined ? undefined : deepest(cause);
}

/** fetch for Okta. Where `okta:httpProxy` names the way to it, no other proxy is used. */
export function fetchForOkta({ isHttpProxy = false }: { readonly isHttpProxy?: boolean }, env: Environment): Fetch {
    return outgoingFetch(isHttpProxy ? {} : env);
}

interface Way {
    readonly proxy: string | undefined;
    readonly certificates: readonly CertificateFacts[] | undefined;
    readonly trustsAnybody: boolean;
    readonly authorities: ExtraAuthorities | undefined;
}

/** The way to Okta: the proxy by its name, and the certificates that the server shows. */
export async function wayTo(
    { orgUrl, isHttpProxy = false }: { readonly orgUrl: string; readonly isHttpProxy?: boolean },
    env: Environment,
): Promise<Way> {
    const url = new URL(orgUrl);
    const via = openVias(isHttpProxy ? {} : env)(url);
    const proxy = isHttpProxy ? `${orgUrl} (okta:httpProxy)` : via && `${via.proxy.name} (${via.proxy.setting})`;
    const certificates = url.protocol === "https:" ? await shownCertificates(url, via) : undefined;
    const authorities = await extraAuthorities(env);
    return { proxy, certificates, trustsAnybody: env.NODE_TLS_REJECT_UNAUTHORIZED === "0", authorities };
}
