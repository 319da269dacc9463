const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^127(\\.${OCTET}){3}$`);

/**
 * Whether a host is this machine whatever its name server says, so that plain http
 * and a missing certificate are no risk: `localhost`, 127.0.0.0/8, `::1` or `[::1]`.
 *
 * @param host Without a port, as in `URL.hostname`.
 */
export function isLoopback(host: string): boolean {
    return host.toLowerCase() === "localhost" || host === "::1" || host === "[::1]" || IPV4.test(host);
}
