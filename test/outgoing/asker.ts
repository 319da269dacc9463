import { json } from "node:stream/consumers";

import { systemClock } from "../../src/clock";
import { oktaHttp } from "../../src/okta/http";
import { fetchForOkta } from "../../src/outgoing/outgoingFetch";
import { httpSource } from "../../src/sources/http/http";

/** What the process of the tests asks for: Okta at a URL, or a document of grants there. */
export interface Job {
    readonly what: "okta" | "source";
    readonly url: string;
    readonly env: Readonly<Record<string, string>>;
    readonly isHttpProxy?: boolean;
}

const clock = { ...systemClock, sleep: async () => {} };
const { signal } = new AbortController();

async function ask({ what, url, env, isHttpProxy = false }: Job): Promise<string> {
    try {
        if (what === "source") {
            const { grants } = await httpSource({ url, env, ...clock, limits: { widestPrefix: 24 } }).read(signal);
            return `${grants.length} grants`;
        }
        const connection = { orgUrl: url, credential: { kind: "api-token", apiToken: "00t", from: "a test" } } as const;
        const http = oktaHttp({ connection, ...clock, fetch: fetchForOkta({ isHttpProxy }, env) });
        const put = await http.request("PUT", "/api/v1/zones/nzo1", { signal, body: { name: "Stäff" } });
        return JSON.stringify(put.body);
    } catch (error) {
        return (error as Error).message;
    }
}

async function main(): Promise<void> {
    const jobs = (await json(process.stdin)) as readonly Job[];
    const said: string[] = [];
    for (const job of jobs) said.push(await ask(job));
    process.stdout.write(JSON.stringify(said));
}

void main();
