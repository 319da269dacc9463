import type { FastifyInstance } from "fastify";

import { hasCode } from "../src/core/errors/errors";
import { readClient } from "./access/client";
import { parseJson } from "./http/http";
import { addEvent } from "./logs/addEvent";
import type { World } from "./state/world";

/** Where the emulator itself is spoken to, not Okta. */
export const CONTROL = "/emulator/";

/**
 * The emulator's own controls, for programs in other processes. They want no
 * authorization, count against no limit and appear in no list of requests.
 *
 *   POST /emulator/faults     a Fault as JSON: 204; 400 {"error": "…"} where it is not usable
 *   DELETE /emulator/faults   forgets the faults that are still to come: 204
 *   GET  /emulator/requests   every request in order, as a JSON list of Exchange
 *   GET  /emulator/requests/unknown  those of them for paths and methods that the emulator does not have
 *   GET  /emulator/history    every state of every zone in order, as a JSON list of ZoneChange
 *   POST /emulator/events     something for the System Log, a LogEvent with at least its eventType: 204; 400
 *   PUT  /emulator/client     where requests come from that do not say it, { "ipChain": ["198.51.100.7"] }: 204; 400
 *   DELETE /emulator/client   they come from where they come from: 204
 *   POST /emulator/keys       the authorization server signs with a new key from now on, and publishes the older ones too: 204
 *   POST /emulator/reset      back to the seed, everything else forgotten: 204
 */
export function controlRoutes(app: FastifyInstance, world: World, reset: () => void): void {
    app.post(`${CONTROL}faults`, async (request, reply) => {
        const problem = tryAdd(() => world.faults.add(parseJson(String(request.body ?? ""))), "the fault is not JSON");
        return problem === undefined ? reply.code(204).send() : reply.code(400).send({ error: problem });
    });
    app.delete(`${CONTROL}faults`, async (_request, reply) => {
        world.faults.clear();
        return reply.code(204).send();
    });
    app.post(`${CONTROL}events`, async (request, reply) => {
        const problem = tryAdd(() => addEvent(world, parseJson(String(request.body ?? ""))), "the event is not JSON");
        return problem === undefined ? reply.code(204).send() : reply.code(400).send({ error: problem });
    });
    app.put(`${CONTROL}client`, async (request, reply) => {
        const problem = tryAdd(() => {
            world.client.ipChain = readClient(parseJson(String(request.body ?? "")));
        }, "the client is not JSON");
        return problem === undefined ? reply.code(204).send() : reply.code(400).send({ error: problem });
    });
    app.delete(`${CONTROL}client`, async (_request, reply) => {
        world.client.ipChain = undefined;
        return reply.code(204).send();
    });
    app.post(`${CONTROL}keys`, async (_request, reply) => {
        world.openId.keys.rotate();
        return reply.code(204).send();
    });
    app.get(`${CONTROL}requests`, async () => world.journal.requests);
    app.get(`${CONTROL}requests/unknown`, async () => world.journal.requests.filter(({ unknown }) => unknown === true));
    app.get(`${CONTROL}history`, async () => world.journal.history);
    app.post(`${CONTROL}reset`, async (_request, reply) => {
        reset();
        return reply.code(204).send();
    });
}

/** What is wrong with what was sent, where it is not usable. */
function tryAdd(add: () => void, notJson: string): string | undefined {
    try {
        add();
        return undefined;
    } catch (error) {
        return hasCode(error, "bad-input") ? error.message : notJson;
    }
}
