import { isLoopback } from "../../core/addresses/loopback";
import { fail } from "../../core/errors/errors";

/** Okta's own domains, whose orgs have an Admin Console at `<org>-admin`. */
const OKTA_DOMAIN = /(^|\.)okta(preview|-emea|-gov)?\.(com|mil)$/;

const HOST = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?$/;

/**
 * `https://{orgName}.{baseUrl}`, from pasted names.
 *
 *   orgName                  baseUrl        org URL
 *   acme                     okta.com       https://acme.okta.com
 *   https://acme.okta.com/   okta.com       https://acme.okta.com
 *   acme                     .okta.com/     https://acme.okta.com
 *   acme                     acme.okta.com  https://acme.okta.com
 *   acme-admin               okta.com       refused: the Admin Console
 *   a b                      okta.com       refused: not the name of a host
 *
 * @param names The names of the two settings, for messages.
 * @throws `bad-input`
 */
export function orgUrlOf(
    orgName: string,
    baseUrl: string,
    names: { readonly orgName: string; readonly baseUrl: string },
): string {
    const base = bare(baseUrl);
    if (!HOST.test(base) || !base.includes(".")) {
        fail("bad-input", `${names.baseUrl} "${baseUrl.trim()}" is not a domain; set it to one such as okta.com`);
    }
    const given = bare(orgName);
    const org = given.endsWith(`.${base}`) ? given.slice(0, -base.length - 1) : given;
    if (!HOST.test(org) || org.includes(":")) {
        fail(
            "bad-input",
            `${names.orgName} "${orgName.trim()}" is not the name of an org; of acme.okta.com it is acme`,
        );
    }
    const isWholeHost = base.startsWith(`${org}.`) && OKTA_DOMAIN.test(base.slice(org.length + 1));
    const host = isWholeHost ? base : `${org}.${base}`;
    const right = orgBehindAdminConsole(host);
    if (right !== undefined) {
        fail("bad-input", `${names.orgName} "${org}" is the Admin Console; set it to ${right.split(".")[0]}`);
    }
    return `https://${host}`;
}

/**
 * Scheme and host of a pasted org URL, without path and trailing slash.
 *
 *   text                              org URL
 *   https://acme.okta.com/            https://acme.okta.com
 *   acme.okta.com                     https://acme.okta.com
 *   https://acme.okta.com/api/v1      https://acme.okta.com
 *   127.0.0.1:8080                    http://127.0.0.1:8080
 *   http://localhost:8080             http://localhost:8080
 *   http://acme.okta.com              refused: the credential would be sent unencrypted
 *   https://acme-admin.okta.com       refused: the Admin Console
 *   https://me:password@acme.okta.com refused: a password in a URL
 *
 * @param name The name of the setting, for messages.
 * @throws `bad-input`
 */
export function normalOrgUrl(text: string, name: string): string {
    const trimmed = text.trim();
    const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
    const withScheme = hasScheme ? trimmed : `${isLoopback(hostIn(trimmed)) ? "http" : "https"}://${trimmed}`;
    if (!URL.canParse(withScheme))
        fail("bad-input", `${name} is not a URL; set it to one such as https://acme.okta.com`);
    const { protocol, host, hostname, username, password, origin } = new URL(withScheme);
    if (username !== "" || password !== "") fail("bad-input", `${name} has a user or a password in it; take them out`);
    if (protocol !== "https:" && protocol !== "http:") {
        fail("bad-input", `${name} begins with ${protocol}//; it has to be an https URL`);
    }
    if (protocol === "http:" && !isLoopback(hostname)) {
        fail("bad-input", `${name} is http://${host}, which would send the credential in the clear; use https`);
    }
    const right = orgBehindAdminConsole(hostname);
    if (right !== undefined) fail("bad-input", `${name} is ${origin}, the Admin Console; set it to https://${right}`);
    return origin;
}

/** The host of an address without a scheme, such as `127.0.0.1:8080/path`. */
function hostIn(address: string): string {
    return address.replace(/(:\d+)?(\/.*)?$/, "");
}

/** `acme.okta.com` for `acme-admin.okta.com`; undefined for a host that is no Admin Console. */
function orgBehindAdminConsole(host: string): string | undefined {
    const [, org, domain = ""] = /^([^.]+)-admin\.(.+)$/.exec(host) ?? [];
    return OKTA_DOMAIN.test(domain) ? `${org}.${domain}` : undefined;
}

/** A name without blanks, scheme, path, and dots at its ends. */
function bare(text: string): string {
    const [host = ""] = text
        .trim()
        .toLowerCase()
        .replace(/^[a-z]+:\/\//, "")
        .split(/[/?#]/);
    return host.replace(/^\.+|\.+$/g, "");
}
