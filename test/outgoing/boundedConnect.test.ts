import assert from "node:assert/strict";

import { connectionProblem } from "../../src/core/outgoing/connectionProblem";
import { tunnelAgent } from "../../src/outgoing/agents";
import { outgoingFetch } from "../../src/outgoing/outgoingFetch";
import { wholeFetch } from "../../src/outgoing/wholeFetch";
import { silentServer } from "./servers";

/** How a request to a proxy that never answers ends. */
async function failureOf(proxyUrl: string, patienceMs: number, signal: AbortSignal): Promise<unknown> {
    const proxy = { url: proxyUrl, name: "http://proxy.test:3128", setting: "HTTPS_PROXY", hasPassword: false };
    const via = { proxy, agent: tunnelAgent(proxyUrl, { keepAlive: true }, patienceMs), isTunnel: true };
    return wholeFetch("https://acme.okta.test/", { headers: {}, signal }, via).then(
        () => assert.fail("it was answered"),
        (error: unknown) => error,
    );
}

describe("a proxy that accepts the connection and never answers", () => {
    for (const scheme of ["http", "https"]) {
        it(`over ${scheme}: its time ends, and the message names the proxy`, async () => {
            await using server = await silentServer();
            const error = await failureOf(`${scheme}://127.0.0.1:${server.port}`, 20, new AbortController().signal);
            assert.match(
                connectionProblem(error)?.text ?? String(error),
                /^the proxy .* cannot be used: it did not answer in time/,
            );
        });

        it(`over ${scheme}: a request that is aborted ends at once`, async () => {
            await using server = await silentServer();
            const stop = new AbortController();
            const failure = failureOf(`${scheme}://127.0.0.1:${server.port}`, 60_000, stop.signal);
            const reason = new Error("enough");
            stop.abort(reason);
            assert.equal(await failure, reason);
        });
    }

    it("is left by a request over http that is aborted, too", async () => {
        await using server = await silentServer();
        const fetch = outgoingFetch({ HTTP_PROXY: `http://127.0.0.1:${server.port}` });
        const reason = new Error("enough");
        const stop = new AbortController();
        const failure = fetch("http://grants.test/g", { signal: stop.signal }).catch((error: unknown) => error);
        stop.abort(reason);
        assert.equal(await failure, reason);
    });
});
