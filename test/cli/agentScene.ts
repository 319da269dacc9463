import { randomUUID } from "node:crypto";

import { runAgent } from "../../src/agent/main";
import { whyOfOkta } from "../../src/cli/facts/whyOfOkta";
import { systemClock } from "../../src/clock";
import { call, type Scene, TOKEN } from "./scene";

export const SECRET = "tHe-AgEnTs-ToKeN-0123456789";
const env = { OKTA_API_TOKEN: TOKEN, AGENT_TOKEN: SECRET };

/** A configuration of an agent that listens there. */
export function settings({ okta }: Scene, listen: string): string {
    const source = { type: "file", path: "grants.yaml" };
    return JSON.stringify({
        okta: { url: okta.url },
        zones: ["nzo1"],
        source,
        listen,
        state: "state",
        token: "env:AGENT_TOKEN",
    });
}

/** Runs an agent until the test ends; gives its URL, and what waits until it has logged something. */
export async function startAgent(scene: Scene) {
    const stop = new AbortController();
    const { directory } = scene;
    const lines: string[] = [];
    let wake = () => {};
    const write = (line: string) => {
        lines.push(line);
        wake();
    };
    let listening: (url: string) => void = () => {};
    const url = new Promise<string>((resolve) => {
        listening = resolve;
    });
    const environment = { directory, env, clock: systemClock, fetch, nonce: randomUUID, version: "test" };
    const more = { config: "agent.json", write, format: "json", stop: stop.signal, onReload: () => {} } as const;
    const asking = whyOfOkta(undefined, { env, directory });
    const ended = runAgent({ ...environment, ...more, whyOfOkta: asking, onListening: listening });
    return {
        url: await url,
        async saw(text: string) {
            while (!lines.some((line) => line.includes(text))) {
                await new Promise<void>((resolve) => {
                    wake = resolve;
                });
            }
        },
        async [Symbol.asyncDispose]() {
            stop.abort("SIGTERM");
            await ended;
        },
    };
}

/** What `zonekeeper why` says, which asks the agent of why.json. */
export function ask(scene: Scene, subject: string) {
    return call(["why", subject, "--config", "why.json", "--json"], { directory: scene.directory, env });
}
