/**
 * An ES module that runs two agents of the installed package on one state folder, against the installed emulator: the
 * second one leads only after the first one was killed. Prints what came of it as JSON.
 */
export const AGENTS = `
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { startEmulator } from "zonekeeper/emulator";

const gateways = [{ type: "CIDR", value: "192.0.2.0/32" }];
const okta = await startEmulator({ port: 0, seed: { zones: [{ id: "nzo1", name: "Staff", gateways }] } });
mkdirSync("run");
const grants = [{ id: "g1", ip: "203.0.113.7", permanent: true }];
writeFileSync("run/grants.json", JSON.stringify({ grants }));
const source = { type: "file", path: "grants.json" };
writeFileSync("run/agent.yaml", JSON.stringify({ zones: ["nzo1"], source, listen: "127.0.0.1:0", state: "state" }));

const bin = resolve("node_modules/zonekeeper/bin/zonekeeper.cjs");
const events = [];
function start(name) {
    const args = [bin, "agent", "--config", "agent.yaml", "--okta", okta.url, "--json"];
    const child = spawn(process.execPath, args, {
        cwd: "run",
        env: { ...process.env, OKTA_API_TOKEN: "x" },
        stdio: ["ignore", "pipe", "inherit"],
        timeout: 110_000,
    });
    const waiting = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
        const { type = "", msg } = JSON.parse(line);
        const word = type || msg.split(" ")[0];
        if (["leader.gained", "write.accepted"].includes(type)) events.push(name + " " + type);
        for (const each of waiting) if (each.word === word) each.tell(msg);
    });
    const closed = once(child, "close");
    const ended = closed.then(([status]) => Promise.reject(new Error(name + " ended with status " + status)));
    ended.catch(() => {});
    const saw = (word) => Promise.race([new Promise((tell) => waiting.push({ word, tell })), ended]);
    return { child, closed, saw };
}

const first = start("first");
await first.saw("write.accepted");
const second = start("second");
await second.saw("listening");
const leads = second.saw("leader.gained");
events.push("first is killed");
first.child.kill("SIGKILL");
await leads;
second.child.kill("SIGTERM");
const [status] = await second.closed;
const zone = await (await fetch(okta.url + "/api/v1/zones/nzo1", { headers: { authorization: "SSWS x" } })).json();
await okta.close();
console.log(JSON.stringify({ inside: zone.gateways.map(({ value }) => value), events, status }));
`;
