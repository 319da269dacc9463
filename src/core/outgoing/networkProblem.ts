import { type ConnectionFault, faultIn } from "./connectionFault";
import type { Problem } from "./connectionProblem";

/**
 * The problem of a connection that was not made, or was lost, by Node's code; undefined for other errors. For TLS and
 * proxies see connectionProblem.
 *
 * @param error The thrown error; the fault may be its cause, at any depth.
 */
export function networkProblem(error: unknown): Problem | undefined {
    const fault = faultIn(error);
    const said = [fault.code, fault.message].map((text) => (typeof text === "string" ? text : ""));
    const row = NETWORK_FAULTS.find(([pattern]) => said.some((text) => pattern.test(text)));
    return row === undefined ? undefined : { text: row[1](fault), again: row[2] };
}

const WAY = "check the address, and that no firewall is in between";

/** Codes of Node and of its fetch, and the messages of errors without a code. */
const NETWORK_FAULTS: readonly (readonly [
    fault: RegExp,
    words: (fault: ConnectionFault) => string,
    again: Problem["again"],
])[] = [
    [
        /^ECONNREFUSED$/,
        (fault) => `${endpointOf(fault)} refused the connection; check the address, and that the server runs`,
        "always",
    ],
    [/^ENOTFOUND$/, (fault) => `there is no host ${nameOf(fault)}; check the address`, "never"],
    [/^EAI_AGAIN$/, (fault) => `the host ${nameOf(fault)} could not be looked up; check the network's DNS`, "always"],
    [
        /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
        (fault) => `${endpointOf(fault)} did not accept the connection in time; ${WAY}`,
        "always",
    ],
    [/^EHOSTUNREACH$/, (fault) => `${endpointOf(fault)} cannot be reached; ${WAY}`, "always"],
    [/^ENETUNREACH$/, (fault) => `there is no route to ${endpointOf(fault)}; check this machine's network`, "always"],
    [/^bad port$/, () => "Node asks no server at this port, as browsers do not; use another port", "never"],
    [
        /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED)$|^(socket hang up|other side closed|the connection was closed)$/,
        () => "the connection was closed before an answer came; check the address, and whether it is http or https",
        "if-repeatable",
    ],
];

/** The fields of Node's errors of connections and of names. */
interface NetworkFault {
    readonly address?: unknown;
    readonly port?: unknown;
    readonly hostname?: unknown;
}

function endpointOf(fault: ConnectionFault & NetworkFault): string {
    const { address, port } = fault;
    if (typeof address !== "string" || address === "") return "the server";
    if (typeof port !== "number") return address;
    return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function nameOf({ hostname }: ConnectionFault & NetworkFault): string {
    return typeof hostname === "string" && hostname !== "" ? hostname : "of this name";
}
