import type { Agent } from "node:http";

import { type OutgoingProxy, proxyFor } from "../core/outgoing/proxies";
import { boundConnect } from "./boundedConnect";

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

/** Loaded where there is a proxy: TLS and all that is around it takes longer to load than most commands to run. */
function newAgent({ url }: OutgoingProxy, isTunnel: boolean): Agent {
    if (isTunnel) return tunnelAgent(url, { keepAlive: true });
    const { HttpProxyAgent } = require("http-proxy-agent") as typeof import("http-proxy-agent");
    return boundConnect(new HttpProxyAgent(url, { keepAlive: true }));
}

/** Reaches servers by CONNECT. @param patienceMs How long the proxy has to open a tunnel. */
export function tunnelAgent(url: string, options: { readonly keepAlive?: boolean }, patienceMs?: number) {
    const { HttpsProxyAgent } = require("https-proxy-agent") as typeof import("https-proxy-agent");
    return boundConnect(new HttpsProxyAgent(url, options), patienceMs);
}
