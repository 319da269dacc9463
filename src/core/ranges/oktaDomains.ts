/** A name that has to be reachable where a firewall or a proxy goes by names. */
export interface Domain {
    /** `*.okta.com` stands for every name below okta.com. */
    readonly name: string;
    /** TCP. */
    readonly port: number;
    readonly purpose: string;
    /** See SOURCES. */
    readonly source: keyof typeof SOURCES;
}

/** How sure the names are. Okta's help page has the list, but we only have parts of that page. */
export const SOURCES = {
    okta: "Okta says so: its help page, or the certificates that it publishes (okta/okta-pki)",
    copy: "another copy of the list in Okta's help; compare with that page",
    certificate: "the issuer named in Okta's certificates; it changes when Okta changes the issuer",
} as const;

/** Additional notes. */
export const DOMAIN_NOTES: readonly string[] = [
    "Static files come from a CDN (Amazon CloudFront), whose addresses are not in Okta's file and change often: allow " +
        "*.oktacdn.com by name. Where only addresses can be allowed, Amazon publishes those of CloudFront.",
    "Certificates are checked with their issuer over plain HTTP, port 80. Without that some clients refuse Okta.",
    "A custom domain of the org is one more name.",
];

const okta = (name: string, purpose: string): Domain => ({ name, port: 443, purpose, source: "okta" });
const copy = (name: string, purpose: string): Domain => ({ name, port: 443, purpose, source: "copy" });
const issuer = (name: string): Domain => ({
    name,
    port: 80,
    purpose: "certificate revocation",
    source: "certificate",
});

export const DOMAINS: readonly Domain[] = [
    okta("*.okta.com", "orgs"),
    okta("*.okta-emea.com", "orgs in EMEA"),
    okta("*.oktapreview.com", "preview orgs"),
    okta("*.oktacdn.com", "static files, from a CDN"),
    okta("*.mtls.okta.com", "sign-in with a client certificate"),
    okta("*.mtls.okta-emea.com", "sign-in with a client certificate"),
    okta("*.mtls.oktapreview.com", "sign-in with a client certificate"),
    okta("*.kerberos.okta.com", "desktop single sign-on"),
    okta("*.kerberos.okta-emea.com", "desktop single sign-on"),
    okta("*.kerberos.oktapreview.com", "desktop single sign-on"),
    okta("*.awsglobalaccelerator.com", "the way into Okta's network"),
    copy("*.okta-gov.com", "orgs of public authorities in the US"),
    copy("*.mtls.okta-gov.com", "sign-in with a client certificate"),
    copy("*.okta.mil", "orgs of the US military"),
    copy("*.mtls.okta.mil", "sign-in with a client certificate"),
    issuer("ocsp.digicert.com"),
    issuer("crl3.digicert.com"),
    issuer("crl4.digicert.com"),
    issuer("cacerts.digicert.com"),
];

/** The names as text, by how certain they are. */
export function describeDomains(): string {
    const width = Math.max(...DOMAINS.map(({ name }) => name.length));
    const sections = Object.entries(SOURCES).flatMap(([source, meaning]) => [
        `# ${meaning}`,
        ...DOMAINS.filter((domain) => domain.source === source).map(
            ({ name, port, purpose }) => `${name.padEnd(width)}  ${String(port).padEnd(3)}  ${purpose}`,
        ),
        "",
    ]);
    return [...sections, ...DOMAIN_NOTES.map((note) => `# ${note}`)].join("\n");
}
