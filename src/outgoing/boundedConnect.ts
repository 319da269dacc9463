import type { ClientRequest } from "node:http";
import { connect as connectTcp, type Socket, type TcpNetConnectOpts } from "node:net";
import { limitedSignal } from "../limitedSignal";

/**
 * How long a proxy has to accept the connection and to answer CONNECT: less than any request has, so that the message
 * names the proxy.
 */
const PATIENCE_MS = 8_000;

/** What is used of an agent of https-proxy-agent and http-proxy-agent. */
interface ProxyAgent {
    readonly proxy: URL;
    connectOpts: object;
    connect(request: ClientRequest, options: never): Promise<Socket>;
}

/** What a request gives its agent in addition to Node's options: Node does not pass `signal` to agents. */
export interface Connecting {
    readonly connectSignal?: AbortSignal;
}

/**
 * Ends an attempt to connect through a proxy when its time is up, or when the request is aborted. The libraries wait
 * without an end, and an aborted request without a socket waits for its agent.
 *
 * @throws (from connect) `ETIMEDOUT` when the time is up; the reason of the signal when the request is aborted
 */
export function boundConnect<A extends ProxyAgent>(agent: A, patienceMs = PATIENCE_MS): A {
    const connect = agent.connect.bind(agent);
    const { connectOpts: base } = agent;
    agent.connect = async (request, options) => {
        const { connectSignal: signal } = options as Connecting;
        const limit = limitedSignal(signal, patienceMs, timedOut);
        try {
            // The libraries read these before they wait for anything.
            agent.connectOpts = withSignal(base, agent.proxy, limit.signal);
            return await connect(request, options);
        } catch (error) {
            throw limit.signal.aborted ? limit.signal.reason : error;
        } finally {
            limit.release();
        }
    };
    return agent;
}

/** Only plain sockets know signals, so a proxy that is reached over TLS gets one that does. */
function withSignal(base: object, { protocol }: URL, signal: AbortSignal): object {
    if (protocol !== "https:") return { ...base, signal };
    const { host, port } = base as TcpNetConnectOpts;
    const socket = connectTcp({ host: host ?? "", port, signal });
    return { ...base, socket };
}

function timedOut(): Error {
    return Object.assign(new Error("the proxy did not answer in time"), { code: "ETIMEDOUT" });
}
