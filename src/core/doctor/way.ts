import type { Facts } from "./facts";
import { bad, ok, type Verdict, warn } from "./verdict";

const DAY_MS = 86_400_000;

/** A certificate that ends within this time is reported. */
const SOON_MS = 14 * DAY_MS;

/** Reports the proxy for requests to Okta. A proxy that does not work is reported as okta-unreachable. */
export function wayIsKnown({ connection: { proxy } }: Facts): Verdict {
    return ok(proxy === undefined ? "direct" : `through the proxy ${proxy}`);
}

const CHECK_THEM =
    "Unset it: an attacker in the network path could decide who gets in. Give authorities of your own to NODE_EXTRA_CA_CERTS.";

/**
 * Checks the certificate of the org's server, or of a proxy that intercepts TLS. For a custom domain, the customer
 * renews it.
 */
export function certificateLasts({
    connection: { certificates = [], trustsAnybody = false, authorities },
    organization,
    nowMs,
}: Facts): Verdict | undefined {
    if (trustsAnybody) return bad("NODE_TLS_REJECT_UNAUTHORIZED=0 is set, so no certificate is checked", CHECK_THEM);
    if (authorities?.problem !== undefined) {
        const { file, problem } = authorities;
        const text = `NODE_EXTRA_CA_CERTS names ${file}: ${problem}, so only Node's own authorities are trusted`;
        return warn(text, "Correct the path, or unset it, and start again: Node reads the file only when it starts.");
    }
    const [own] = certificates;
    if (own === undefined) return undefined;
    const [last = own] = [...certificates].sort((a, b) => Date.parse(b.validFrom) - Date.parse(a.validFrom));
    if (Date.parse(last.validFrom) > nowMs) {
        const text = `the certificate of "${last.subject}", issued by "${last.issuer}", begins at ${last.validFrom}`;
        return bad(
            text,
            "Set the clock of this machine, or ask the operator of that domain for a certificate that counts now.",
        );
    }
    const [first = own] = [...certificates].sort((a, b) => Date.parse(a.validTo) - Date.parse(b.validTo));
    const leftMs = Date.parse(first.validTo) - nowMs;
    const whose =
        first === own ? `of "${own.subject}", issued by "${own.issuer}"` : `of the authority "${first.subject}"`;
    if (leftMs <= 0) return bad(`the certificate ${whose}, has expired at ${first.validTo}`);
    // One that has not ended may still be for another name, or from an authority that is not known.
    if (/: its TLS certificate is /.test(organization.unknown?.message ?? "")) {
        return bad(`the certificate ${whose}, is not accepted`, "Do what ZK103 says.");
    }
    if (leftMs < SOON_MS) return warn(`the certificate ${whose}, ends at ${first.validTo}`);
    return ok(`the certificate ${whose}, until ${first.validTo}`);
}
