/**
 * The client of a connection, for rate limits. One host commonly has a whole /64 of IPv6.
 *
 *   remote address              peer
 *   192.0.2.7                   192.0.2.7
 *   ::ffff:192.0.2.7            192.0.2.7
 *   2001:db8:1:2:3:4:5:6        2001:db8:1:2
 *   2001:db8::1                 2001:db8:0:0
 *   (gone)                      unknown
 */
export function peerOf(remoteAddress: string | undefined): string {
    if (remoteAddress === undefined) return "unknown";
    const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
    if (!address.includes(":")) return address;
    const [head = "", tail] = address.split("::");
    const first = head === "" ? [] : head.split(":");
    const last = tail === undefined || tail === "" ? [] : tail.split(":");
    const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
    return [...first, ...Array<string>(zeros).fill("0"), ...last].slice(0, 4).join(":");
}

/** Whether a peer is this machine, such as a reverse proxy for all clients. */
export function isThisMachine(remoteAddress: string | undefined): boolean {
    const address = (remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
    return address === "::1" || /^127\./.test(address);
}
