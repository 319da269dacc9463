import ipaddr from "ipaddr.js";

import { isLoopback } from "../addresses/loopback";
import { fail } from "../errors/errors";

/** A proxy that a request goes through. */
export interface OutgoingProxy {
    /** With the user and the password, if it has them: must not be shown. */
    readonly url: string;
    /** `http://proxy.example.com:3128`, for messages. */
    readonly name: string;
    /** The name of the setting, such as `HTTPS_PROXY`. */
    readonly setting: string;
    readonly hasPassword: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a request, by the environment variables that curl and most other programs read. Of two spellings the one
 * in lower case counts.
 *
 *   request to                                       goes
 *   this machine (localhost, 127.0.0.0/8, ::1)       direct, whatever is set
 *   what NO_PROXY names, see isExcepted              direct
 *   https://                                         through HTTPS_PROXY
 *   http://                                          through HTTP_PROXY
 *   anything, where that variable is not set         through ALL_PROXY, if that is an HTTP proxy
 *   anything, where neither is set                   direct
 *
 * @throws `bad-input` for a variable that is used and is not the URL of an HTTP proxy; the message does not show it
 */
export function proxyFor({ protocol, hostname, port }: URL, env: Env): OutgoingProxy | undefined {
    if (isThisMachine(hostname)) return undefined;
    const setting = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
    const found = variable(env, setting) ?? forAll(env);
    if (found === undefined) return undefined;
    const noProxy = variable(env, "NO_PROXY")?.value ?? "";
    const defaultPort = protocol === "https:" ? "443" : "80";
    return isExcepted(hostname, port === "" ? defaultPort : port, noProxy) ? undefined : proxyIn(found);
}

interface Found {
    readonly name: string;
    readonly value: string;
}

function variable(env: Env, name: string): Found | undefined {
    for (const spelling of [name.toLowerCase(), name]) {
        const value = env[spelling]?.trim() ?? "";
        if (value !== "") return { name: spelling, value };
    }
    return undefined;
}

/** Other programs may use the same variable for a proxy of another kind, such as SOCKS. */
function forAll(env: Env): Found | undefined {
    const found = variable(env, "ALL_PROXY");
    return found !== undefined && /^(https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))/i.test(found.value) ? found : undefined;
}

function proxyIn({ name, value }: Found): OutgoingProxy {
    const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
    const example = "http://proxy.example.com:3128";
    if (!URL.canParse(text)) return fail("bad-input", `${name} is not the URL of a proxy, such as ${example}`);
    const url = new URL(text);
    if (!/^https?:$/.test(url.protocol) || url.hostname === "") {
        return fail(
            "bad-input",
            `${name} is not the URL of an HTTP proxy, such as ${example}: other kinds are not used`,
        );
    }
    return { url: url.href, name: `${url.protocol}//${url.host}`, setting: name, hasPassword: url.username !== "" };
}

/** @param hostname As a URL has it: an IPv6 address in brackets. */
export function isThisMachine(hostname: string): boolean {
    return isLoopback(hostname) || /.\.localhost$/i.test(hostname);
}

/**
 * Whether NO_PROXY names a host.
 *
 *   an item of the list         names
 *   *                           every host
 *   example.com                 the domain and what is in it
 *   .example.com, *.example.com the same
 *   example.com:8443            the same, on that port only
 *   203.0.113.7, [2001:db8::1]  that address
 *   203.0.113.0/24              the addresses in it, where the URL has an address
 *
 * Blanks and commas stand between items; case means nothing, and neither does a dot at the end.
 */
export function isExcepted(hostname: string, port: string, noProxy: string): boolean {
    const host = bare(hostname);
    const items = noProxy.split(/[\s,]+/).filter((item) => item !== "");
    return items.some((item) => item === "*" || isNamedBy(item, host, port));
}

function isNamedBy(item: string, host: string, port: string): boolean {
    const [, withoutPort = item, onlyPort = port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(item) ?? [];
    if (onlyPort !== port) return false;
    const name = bare(withoutPort);
    if (ipaddr.isValid(host)) return isAddressIn(host, name);
    const domain = name.replace(/^\*?\./, "");
    return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isAddressIn(host: string, item: string): boolean {
    const address = ipaddr.parse(host);
    if (!ipaddr.isValidCIDR(item)) return ipaddr.isValid(item) && ipaddr.parse(item).toString() === address.toString();
    const [network, length] = ipaddr.parseCIDR(item);
    return network.kind() === address.kind() && address.match(network, length);
}

function bare(host: string): string {
    return host
        .toLowerCase()
        .replace(/^\[(.*)\]$/, "$1")
        .replace(/\.$/, "");
}
