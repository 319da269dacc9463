import { parseSpan } from "../addresses/ip";
import { fail } from "../errors/errors";

/**
 * Trusted proxies in the spelling of the Okta provider's state: as Okta has them, but
 * a single address is not a range. Any other spelling would be a difference in each
 * run.
 *
 *   text                    spelled
 *   10.1.2.3/16             10.1.2.3/16    Okta keeps host bits
 *   10.2.0.1-10.2.0.1       10.2.0.1
 *   10.2.0.1-10.2.0.9       as it is
 *   proxy.example.com       refused
 *
 * @throws `bad-input`
 */
export function parseProxies(texts: readonly string[]): string[] {
    return texts.map((text) => {
        const { problem } = parseSpan(text, "clear");
        return problem === undefined ? spellProxy(text) : fail("bad-input", `proxies: ${problem}`);
    });
}

/** The spelling of one proxy; a text that is not a range stays as it is. */
export function spellProxy(text: string): string {
    const [first, last] = text.split("-");
    return first !== undefined && first === last ? first : text;
}
