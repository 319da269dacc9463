import type { Agent } from "node:http";

import { type OutgoingProxy, proxyFor } from "../core/outgoing/proxies";
import { boundConnect } from "./boundedConnect";

/** The connection to a server through a proxy. */
export interface Via {
    readonly proxy: OutgoingProxy;
    readonly agent: Agent;
    /** Whether the server is reached by CONNECT: for https. A request over http is handed to the proxy as it is. */
    readonly isTunnel: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Finds the connection for a URL; undefined: direct. Connections through a proxy are reused. */
export function openVias(env: Environment): (url: URL) => Via | undefined {
    const agents = new Map<string, Agent>();
    return (url) => {
        const proxy = proxyFor(url, env);
        if (proxy === undefined) return undefined;
        const isTunnel = url.protocol === "https:";
        const key = `${isTunnel} ${proxy.url}`;
        const agent = agents.get(key) ?? newAgent(proxy, isTunnel);
        agents.set(key, agent);
        return { proxy, agent, isTunnel };
    };
}

/** Loaded on demand: loading TLS takes longer than most commands run. */
function newAgent({ url }: OutgoingProxy, isTunnel: boolean): Agent {
    if (isTunnel) return tunnelAgent(url, { keepAlive: true });
    const { HttpProxyAgent } = require("http-proxy-agent") as typeof import("http-proxy-agent");
    return boundConnect(new HttpProxyAgent(url, { keepAlive: true }));
}

/** An agent that tunnels by CONNECT. @param patienceMs The time-out for opening a tunnel. */
export function tunnelAgent(url: string, options: { readonly keepAlive?: boolean }, patienceMs?: number) {
    const { HttpsProxyAgent } = require("https-proxy-agent") as typeof import("https-proxy-agent");
    return boundConnect(new HttpsProxyAgent(url, options), patienceMs);
}
