import { fail } from "../errors/errors";
import { hopProblem } from "./hop";

/** The most addresses of a chain; a longer one is an attack or an error. */
export const MOST_ADDRESSES = 100;

/**
 * Reads `1.1.1.1, 2.2.2.2`, the addresses from the client to Okta; `1.1.1.1/32` is a single address, too.
 *
 * The last one has to be an IPv4 or an IPv6 address, since it decides first.
 * The others are not checked here: a proxy may have written `unknown`, or an
 * address with a port.
 *
 * @throws `bad-input`
 */
export function parseChain(text: string): string[] {
    if (text.trim() === "") return fail("bad-input", 'the chain is empty: write it as "1.1.1.1, 2.2.2.2"');
    return checked(
        text.split(",").map((part) => part.trim().replace(SINGLE, "$1")),
        "the chain",
    );
}

/** A single address as zones, plans and statuses write it. */
const SINGLE = /^(\d+\.\d+\.\d+\.\d+)\/32$/;

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
    if (parts.length >= MOST_ADDRESSES) tooLong("the X-Forwarded-For header", parts.length);
    return [...parts, last];
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
        const which = "take one of a sign-in, such as user.session.start or policy.evaluate_sign_on";
        return fail("bad-input", `the event has no list request.ipChain with an address in it: ${which}`);
    }
    const addresses = ipChain.map((hop, index) => {
        const { ip } = fieldsOf(hop);
        if (typeof ip === "string") return ip.trim();
        if (index < ipChain.length - 1) return "unknown";
        return fail("bad-input", `request.ipChain[${index}] has no text "ip", and the last address decides first`);
    });
    return checked(addresses, "request.ipChain");
}

/** The fields of what may be a map. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/**
 * Only the last address has to be one.
 *
 * @param where The name of the chain in messages.
 */
function checked(addresses: string[], where: string): string[] {
    if (addresses.length > MOST_ADDRESSES) tooLong(where, addresses.length);
    const problem = hopProblem(addresses.at(-1) ?? "");
    if (problem === undefined) return addresses;
    const subject = where === "the connecting address" ? where : `address ${addresses.length} of ${where}`;
    return fail("bad-input", `${subject} ${problem}`);
}

function tooLong(where: string, count: number): never {
    return fail("bad-input", `${where} has ${count} addresses, and no more than ${MOST_ADDRESSES} are read`);
}
