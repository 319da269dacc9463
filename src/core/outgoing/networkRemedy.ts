/** What to do where a host could not be reached at all, by Node's code. TLS and proxies: see connectionProblem. */
const REMEDIES: Readonly<Record<string, string>> = {
    ECONNREFUSED: "check the address, and that it answers there",
    ENOTFOUND: "there is no host of this name: check the address",
    EAI_AGAIN: "its name could not be looked up: check the network's DNS",
    ETIMEDOUT: "check the address, and that no firewall is in between",
    EHOSTUNREACH: "check the address, and that no firewall is in between",
    ENETUNREACH: "check this machine's network",
};

/** The reason with what to do about it, as the end of a sentence; the reason alone where nothing is known to help. */
export function withRemedy(reason: string, code: unknown): string {
    const known = typeof code === "string" && Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
    return known === undefined ? reason : `${reason}; ${known}`;
}
