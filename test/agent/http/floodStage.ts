import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { join } from "node:path";

import type { ServerOptions } from "../../../src/agent/http/types";
import { heldDigest } from "../../../src/agent/page/heldDigest";
import { pushFile } from "../../../src/sources/webhook/pushFile";
import { openWebhookSource } from "../../../src/sources/webhook/webhook";
import { delivery, SECRET, type SendOptions } from "../../sources/webhook/sender";
import { agentView } from "../../support/agentView";
import { NOW } from "../../support/grants";
import { type Answer, openTestServer, type TestServer, TOKEN } from "./testServer";

const held = ["203.0.113.7/32"];

/** An agent that listens on the network, with a webhook whose deliveries a folder keeps. */
export async function openStage(folder: string, options: Partial<ServerOptions> = {}) {
    const store = pushFile({
        path: join(folder, "webhook.jsonl"),
        limits: { widestPrefix: 24 },
        isShared: false,
        sleep: async () => {},
    });
    const source = openWebhookSource({
        secrets: [{ setting: "env:HOOK", read: () => SECRET }],
        store,
        limits: { widestPrefix: 24 },
    });
    return openTestServer({
        listen: { host: "0.0.0.0", port: 0 },
        token: () => TOKEN,
        view: () => agentView({ held }),
        webhook: () => ({
            screen: (headers) => source.screen(headers, NOW),
            authenticate: (request) => source.authenticate(request, NOW),
            accept: (request) => source.accept(request, NOW),
        }),
        ...options,
    });
}

/** The headers and the body of a delivery that removes a grant. */
export function removal(options: SendOptions = {}) {
    const payload = { type: "grant.removed", timestamp: new Date(NOW).toISOString(), data: { id: randomUUID() } };
    const { headers, body } = delivery(payload, options);
    return { method: "POST", headers: headers as Record<string, string>, body: Buffer.from(body) };
}

export const send = (server: TestServer, sent: ReturnType<typeof removal>) => server.ask("/hooks/grants", sent);

/** Asserts that the agent still answers probes, a signed delivery, a confirmation and a denial. */
export async function assertServed(server: TestServer): Promise<void> {
    for (const path of ["/healthz", "/readyz", "/metrics"]) assert.equal((await server.ask(path)).status, 200, path);
    assert.equal((await send(server, removal())).status, 200);
    const bearer = { authorization: `Bearer ${TOKEN}` };
    const confirmed = await server.ask("/api/confirm", { method: "POST", headers: bearer });
    assert.equal(confirmed.status, 200);
    const form = new URLSearchParams({ token: TOKEN, seen: heldDigest(held), by: "mia" }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    assert.equal((await server.ask("/api/confirm", { method: "POST", headers, body: form })).status, 200);
    const denial = JSON.stringify({ user: "ana", reason: "x" });
    assert.equal((await server.ask("/api/deny", { method: "POST", headers: bearer, body: denial })).status, 201);
}

/** The status; 0 where the agent ended the connection before everything was sent. */
export async function refusedOrCut(answer: Promise<Answer>): Promise<number> {
    try {
        return (await answer).status;
    } catch {
        return 0;
    }
}
