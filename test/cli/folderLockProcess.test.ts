import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { openAgentScene } from "../agent/agentProcess";
import { promised } from "../support/fakeClock";
import { BIN, run } from "../support/run";
import { grantsOf, TOKEN } from "./scene";

const ENV = { OKTA_API_TOKEN: TOKEN };
const ALL = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`g${index}`, `11.0.0.${2 * index}`]));
const without = (from: number, count: number) =>
    grantsOf(Object.fromEntries(Object.entries(ALL).filter((_, index) => index < from || index >= from + count)));

/** A source whose requests wait until the test answers them. */
async function openSource() {
    const asked: ServerResponse[] = [];
    let came = promised<void>();
    const server = createServer((_, response) => {
        asked.push(response);
        came.resolve();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/grants`,
        /** The next request, with a function that answers it. */
        async request(): Promise<(document: string) => void> {
            while (asked.length === 0) {
                await came.promise;
                came = promised();
            }
            const response = asked.shift();
            return (document) => void response?.writeHead(200, { "content-type": "application/json" }).end(document);
        },
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            server.close();
        },
    };
}

/** A scene with a source that waits, and `sync --state state` as a process of its own. */
async function openFolder() {
    const [source, scene] = [await openSource(), await openAgentScene()];
    const flags = ["--okta", scene.okta.url, "--zone", "nzo1", "--state", "state", "--max-removals", "6"];
    const args = [BIN, "sync", ...flags, "--source", source.url];
    return {
        ...scene,
        source,
        sync: () => run(args, { env: ENV, directory: scene.directory }),
        /** As `sync`; `waits` resolves when it says that it waits, or ends. */
        begin() {
            const child = spawn(process.execPath, args, { cwd: scene.directory, env: { ...process.env, ...ENV } });
            const waits = promised<void>();
            let stderr = "";
            child.stderr.setEncoding("utf8").on("data", (piece) => {
                stderr += piece;
                if (stderr.includes("waiting for another sync")) waits.resolve();
            });
            const ended = Promise.all([once(child, "close"), text(child.stdout)]).then(([[status], stdout]) => {
                waits.resolve();
                return { status: status as number | null, stdout, stderr };
            });
            return { child, ended, waits: waits.promise };
        },
        async [Symbol.asyncDispose]() {
            await source[Symbol.asyncDispose]();
            await scene[Symbol.asyncDispose]();
        },
    };
}

describe("processes that write by one state folder", () => {
    it("are one after the other, so that two runs have one limit of removals", async () => {
        await using folder = await openFolder();
        const first = folder.begin();
        (await folder.source.request())(grantsOf(ALL));
        assert.equal((await first.ended).status, 0);
        const second = folder.begin();
        const answerSecond = await folder.source.request();
        const third = folder.begin();
        const asked = folder.source.request();
        // Without the lock it asks for the grants in place of waiting.
        await Promise.race([third.waits, asked]);
        answerSecond(without(0, 5));
        assert.equal((await second.ended).status, 0);
        (await asked)(without(5, 5));
        const { status, stderr, stdout } = await third.ended;
        assert.equal(status, 3, stderr + stdout);
        assert.match(stderr, /^waiting for another sync that writes with the folder state$/m);
        const gone = Object.values(ALL).filter((ip) => !folder.gateways("nzo1").includes(`${ip}/32`));
        assert.ok(gone.length <= 6, `${gone}`);
    });

    it("are not blocked by a run that was killed", async () => {
        await using folder = await openFolder();
        const killed = folder.begin();
        await folder.source.request();
        killed.child.kill("SIGKILL");
        await killed.ended;
        const next = folder.begin();
        (await folder.source.request())(grantsOf({ a: "203.0.113.7" }));
        const { status, stderr } = await next.ended;
        assert.deepEqual([status, stderr], [0, ""]);
        assert.deepEqual(folder.gateways("nzo1"), ["203.0.113.7/32"]);
    });

    it("are a run first, and then the agent that was started meanwhile", async () => {
        await using folder = await openFolder();
        await folder.write("grants.yaml", grantsOf({ b: "203.0.113.9" }));
        let isLed = false;
        const first = folder.begin();
        const answer = await folder.source.request();
        const agent = folder.agent();
        const leads = agent.saw("leader.gained").then(() => (isLed = true));
        const url = await agent.url;
        for (;;) {
            const ready = (await (await fetch(`${url}/readyz`)).json()) as { reasons: string[] };
            if (ready.reasons.join().includes("stands by") || isLed) break;
        }
        // The run still waits for its grants. It gives the lock away before it has ended, so its end may come after the lead.
        assert.equal(isLed, false);
        answer(grantsOf({ a: "203.0.113.7" }));
        assert.equal((await first.ended).status, 0);
        await leads;
    });

    it("are the agent, and a run that writes nothing and says so", async () => {
        await using folder = await openFolder();
        const agent = folder.agent();
        await agent.saw("leader.gained");
        const { status, stderr } = await folder.sync();
        assert.equal(status, 2);
        assert.match(stderr, /^zonekeeper: an agent keeps the folder state and its zones: .* \[ZK002\]\n$/);
        agent.kill("SIGTERM");
        await agent.ended;
        const next = folder.begin();
        (await folder.source.request())(grantsOf({ a: "203.0.113.7" }));
        assert.notEqual((await next.ended).status, 2);
    });
});
