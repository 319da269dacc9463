/** Remedies for a host that could not be reached, by Node's code. For TLS and proxies see connectionProblem. */
const REMEDIES: Readonly<Record<string, string>> = {
    ECONNREFUSED: "check the address, and that it answers there",
    ENOTFOUND: "there is no host of this name: check the address",
    EAI_AGAIN: "its name could not be looked up: check the network's DNS",
    ETIMEDOUT: "check the address, and that no firewall is in between",
    EHOSTUNREACH: "check the address, and that no firewall is in between",
    ENETUNREACH: "check this machine's network",
};

/** The reason with a remedy, as the end of a sentence; the reason alone if there is no known remedy. */
export function withRemedy(reason: string, code: unknown): string {
    const known = typeof code === "string" && Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
    return known === undefined ? reason : `${reason}; ${known}`;
}
