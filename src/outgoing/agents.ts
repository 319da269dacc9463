import type { Agent } from "node:http";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

import { type OutgoingProxy, proxyFor } from "../core/outgoing/proxies";

/** The way to a server that leads through a proxy. */
export interface Via {
    readonly proxy: OutgoingProxy;
    readonly agent: Agent;
    /** Whether the server is reached by CONNECT: for https. A request over http is handed to the proxy as it is. */
    readonly isTunnel: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Finds the way to a URL; undefined is the direct one. Connections through a proxy are kept and used again. */
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

function newAgent({ url }: OutgoingProxy, isTunnel: boolean): Agent {
    return isTunnel ? new HttpsProxyAgent(url, { keepAlive: true }) : new HttpProxyAgent(url, { keepAlive: true });
}
