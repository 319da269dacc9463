import { parseSpan } from "../addresses/ip";
import { fail } from "../errors/errors";
import { quote } from "../errors/quote";

/** More addresses than this are not a chain that anybody looks at, but an attack or an accident. */
export const MOST_ADDRESSES = 100;

/**
 * Reads `1.1.1.1, 2.2.2.2`, the addresses from the client to Okta.
 *
 * @throws `bad-input`
 */
export function parseChain(text: string): string[] {
    if (text.trim() === "") return fail("bad-input", 'the chain is empty: write it as "1.1.1.1, 2.2.2.2"');
    return checked(
        text.split(",").map((part) => part.trim()),
        "the chain",
    );
}

/**
 * The chain of a request that came with an `X-Forwarded-For` header. A proxy
 * appends the address that it was called from; its own is not in the header, so
 * the address that connects to Okta comes last.
 *
 *   header                             connecting   chain
 *   1.1.1.1, 2.2.2.2                   3.3.3.3      1.1.1.1, 2.2.2.2, 3.3.3.3
 *   X-Forwarded-For: 1.1.1.1           3.3.3.3      1.1.1.1, 3.3.3.3
 *   two lines: 1.1.1.1 and 2.2.2.2     3.3.3.3      1.1.1.1, 2.2.2.2, 3.3.3.3
 *   no header                          3.3.3.3      3.3.3.3
 *
 * @param header The value, or the lines as they are in a trace.
 * @throws `bad-input`
 */
export function forwardedChain(header: string | undefined, connecting: string): string[] {
    const [last = ""] = checked([connecting.trim()], "the connecting address");
    if (header === undefined) return [last];
    const lines = header.split(/\r?\n/).filter((line) => line.trim() !== "");
    if (lines.length === 0) fail("bad-input", "the X-Forwarded-For header is empty: leave it out where there is none");
    const values = lines.map((line) => line.replace(/^\s*x-forwarded-for\s*:/i, ""));
    const parts = values.flatMap((value) => value.split(",")).map((part) => part.trim());
    return [...checked(parts, "the X-Forwarded-For header"), last];
}

/**
 * The chain of an event of Okta's System Log: `request.ipChain`, which has the
 * client first and the address that connects to Okta last. Source: Okta's API
 * reference, LogRequest ("clientIp, proxy1, proxy2, and so on"), and its support
 * article on several addresses in the IP chain.
 *
 * @param event Parsed JSON: a log event, or a list with a single one.
 * @throws `bad-input`
 */
export function eventChain(event: unknown): string[] {
    if (Array.isArray(event) && event.length !== 1) {
        fail("bad-input", `the list has ${event.length} events: keep the one that is to be explained`);
    }
    const { request } = fieldsOf(Array.isArray(event) ? event[0] : event);
    const { ipChain } = fieldsOf(request);
    if (!Array.isArray(ipChain) || ipChain.length === 0) {
        const which = "take one of somebody's sign-in, such as user.session.start or policy.evaluate_sign_on";
        return fail("bad-input", `the event has no list request.ipChain with an address in it: ${which}`);
    }
    const addresses = ipChain.map((hop, index) => {
        const { ip } = fieldsOf(hop);
        return typeof ip === "string" ? ip : fail("bad-input", `request.ipChain[${index}] has no text "ip"`);
    });
    return checked(addresses, "request.ipChain");
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** @param where What the addresses stand in, for messages. */
function checked(addresses: string[], where: string): string[] {
    if (addresses.length > MOST_ADDRESSES) {
        fail("bad-input", `${where} has ${addresses.length} addresses, and no more than ${MOST_ADDRESSES} are read`);
    }
    for (const [index, address] of addresses.entries()) {
        const problem = addressProblem(address);
        if (problem === undefined) continue;
        const subject = where === "the connecting address" ? where : `address ${index + 1} of ${where}`;
        fail("bad-input", `${subject} ${problem}`);
    }
    return addresses;
}

function addressProblem(address: string): string | undefined {
    if (address === "") return "is empty";
    const [, withoutPort] = /^(\d+\.\d+\.\d+\.\d+):\d*$/.exec(address) ?? [];
    if (withoutPort !== undefined) return `has a port: write ${withoutPort} instead of ${quote(address)}`;
    if (address.includes(":")) return `is IPv6, and an IP zone holds IPv4: ${quote(address)}`;
    if (/^[\d.]+(\s+[\d.]+)+$/.test(address))
        return `has blanks in it: put commas between addresses in ${quote(address)}`;
    if (parseSpan(address).span === undefined) return `is not an IPv4 address: ${quote(address)}`;
    return /[/-]/.test(address) ? `is not a single address: ${quote(address)}` : undefined;
}
