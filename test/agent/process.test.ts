import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { Webhook } from "standardwebhooks";

import { main } from "../../src/cli/main";
import { openAgentScene, TOKEN } from "./agentProcess";

const grantsOf = (...addresses: string[]) =>
    JSON.stringify({ grants: addresses.map((ip, index) => ({ id: `g${index}`, ip, permanent: true })) });

const [A, B] = ["203.0.113.7/32", "203.0.113.8/32"];

describe("the agent as a process", () => {
    it("keeps the zone equal to a file of grants, and proves it", async () => {
        await using scene = await openAgentScene();
        const agent = scene.agent();
        await agent.saw("grants.accepted");
        await scene.write("grants.yaml", grantsOf(A));
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [A]);
        const ready = await fetch(`${await agent.url}/readyz`);
        assert.deepEqual([ready.status, await ready.json()], [200, { isReady: true, isLeading: true, reasons: [] }]);
        agent.kill("SIGTERM");
        const { status, stderr, stdout } = await agent.ended;
        assert.deepEqual([status, stderr], [0, ""]);
        assert.equal(stdout.includes(TOKEN), false);
        assert.deepEqual(scene.gateways("nzo1"), [A]);
        const out: string[] = [];
        const state = join(scene.directory, "state");
        const terminal = {
            env: {},
            directory: scene.directory,
            out: (text: string) => out.push(text),
            err: assert.fail,
        };
        assert.equal(await main(["ledger", "verify", "--state", state], terminal), 0);
    });

    it("goes on after it was killed, from what it wrote down", async () => {
        await using scene = await openAgentScene();
        await scene.write("grants.yaml", grantsOf(A));
        const first = scene.agent();
        await first.saw("write.accepted");
        first.kill("SIGKILL");
        await first.ended;
        await scene.write("grants.yaml", "not readable: [");
        const second = scene.agent();
        await second.saw("grants.unreadable");
        const ready = await fetch(`${await second.url}/readyz`);
        assert.equal(ready.status, 503);
        assert.deepEqual(scene.gateways("nzo1"), [A]);
        await scene.write("grants.yaml", grantsOf(B));
        await second.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [B]);
        const writes = scene.okta.requests.filter(({ method }) => method === "PUT");
        assert.equal(writes.length, 2);
    });

    it("keeps the other shards when one was deleted while no agent ran, and says which is gone", async () => {
        const gateways = [{ type: "CIDR" as const, value: "192.0.2.0/32" }];
        const zones = ["nzo1", "nzo2"].map((id) => ({ id, name: id, gateways }));
        await using scene = await openAgentScene({ zones: ["nzo1", "nzo2"] }, { zones });
        const first = scene.agent();
        await first.saw("grants.accepted");
        await scene.write("grants.yaml", grantsOf(A));
        await first.saw("write.accepted");
        first.kill("SIGTERM");
        await first.ended;
        await removeZone(scene.okta.url, "nzo2");
        const second = scene.agent();
        await second.saw("leader.gained");
        await scene.write("grants.yaml", grantsOf(B));
        await second.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [B]);
        const ready = await fetch(`${await second.url}/readyz`);
        const { reasons } = (await ready.json()) as { readonly reasons: readonly string[] };
        assert.equal(ready.status, 503);
        assert.match(reasons.join(), /zones\/nzo2/);
    });

    it("takes over at once when the leader gets SIGTERM", async () => {
        await using scene = await openAgentScene();
        await scene.write("grants.yaml", grantsOf(A));
        const first = scene.agent();
        await first.saw("write.accepted");
        const second = scene.agent();
        const standby = await (await fetch(`${await second.url}/readyz`)).text();
        // Linux says which process it is.
        assert.match(
            standby,
            /^\{"isReady":false,"isLeading":false,"reasons":\["this agent stands by: another one leads(, process \d+)? \[ZK701\]"\]\}$/,
        );
        first.kill("SIGTERM");
        await second.saw("leader.gained");
        await scene.write("grants.yaml", grantsOf(A, B));
        await second.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [A, B]);
    });

    it("says that no leader is known, and why, while the database of the lock is away", async () => {
        await using scene = await openAgentScene({ leader: { type: "postgres", url: "file:url" } });
        await scene.write("url", "postgres://zk:s3cr3t@127.0.0.1:1/grants");
        const agent = scene.agent();
        const url = await agent.url;
        const { msg } = await agent.saw("the");
        assert.equal(
            msg,
            "the database of the lock does not answer: 127.0.0.1:1 refused the connection; check the address, and that the server runs",
        );
        const ready = await fetch(`${url}/readyz`);
        const reasons = [`this agent does not lead, and nobody is known to: ${msg} [ZK701]`];
        assert.deepEqual([ready.status, await ready.json()], [503, { isReady: false, isLeading: false, reasons }]);
        assert.equal((await fetch(`${url}/readyz?standby=ok`)).status, 200);
        assert.match(await (await fetch(url)).text(), /Nobody is known to lead/);
    });

    it("reads its configuration again on SIGHUP, and keeps the old one where the new one is wrong", async () => {
        await using scene = await openAgentScene();
        await scene.write("grants.yaml", grantsOf(A));
        const agent = scene.agent();
        await agent.saw("write.accepted");
        const config = JSON.parse(await readFile(join(scene.directory, "agent.yaml"), "utf8"));
        await scene.write("agent.yaml", JSON.stringify({ ...config, staticGateway: [B] }));
        agent.kill("SIGHUP");
        const { msg } = await agent.saw("the");
        assert.match(
            msg,
            /of before stays in force: .*there is no setting staticGateway; did you mean staticGateways\? \[ZK704\]$/,
        );
        await scene.write("agent.yaml", JSON.stringify({ ...config, staticGateways: [B], token: "env:OTHER" }));
        agent.kill("SIGHUP");
        const reloaded = await agent.saw("the");
        assert.equal(
            reloaded.msg,
            "the configuration is read again and in force; different: token, staticGateways; token needs a restart",
        );
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [A, B]);
        await scene.write("agent.yaml", JSON.stringify(config));
        agent.kill("SIGHUP");
        const { held } = await agent.saw("removals.held");
        assert.deepEqual(held, [B]);
        assert.deepEqual(scene.gateways("nzo1"), [A, B]);
    });

    it("ends the sessions of users whose grant ended, with a receipt", async () => {
        const users = [{ id: "00u1", login: "ana@example.com" }];
        await using scene = await openAgentScene({ onRevoke: "clear-sessions" }, { users });
        const grant = { id: "g1", user: "ana@example.com", ip: A, permanent: true };
        await scene.write("grants.yaml", JSON.stringify({ grants: [grant] }));
        const agent = scene.agent();
        await agent.saw("write.accepted");
        await scene.write("grants.yaml", "grants: []\n");
        const receipt = await agent.saw("sessions.cleared");
        assert.deepEqual([receipt.user, receipt.userId, receipt.status], ["ana@example.com", "00u1", 204]);
        const asked = scene.okta.requests.map(({ method, path }) => `${method} ${path}`);
        assert.deepEqual(
            asked.filter((each) => each.includes("/users/") && !each.endsWith("/users/me")),
            [
                "GET /api/v1/users/ana%40example.com",
                "DELETE /api/v1/users/00u1/sessions?oauthTokens=true&forgetDevices=false",
            ],
        );
    });

    it("takes pushed grants, signed, and shows them", async () => {
        const secret = `whsec_${Buffer.from("a secret of twenty-four bytes").toString("base64")}`;
        const config = { source: { type: "webhook", secret: "file:secret" } };
        await using scene = await openAgentScene(config);
        await scene.write("secret", secret);
        const agent = scene.agent();
        await agent.saw("grants.unreadable");
        const body = grantsOf(A);
        const push = async (signature: string, moment: Date) =>
            fetch(`${await agent.url}/hooks/grants`, {
                method: "POST",
                body,
                headers: {
                    "content-type": "application/json",
                    "webhook-id": "msg_1",
                    "webhook-timestamp": String(Math.floor(moment.getTime() / 1000)),
                    "webhook-signature": signature,
                },
            });
        const now = new Date();
        assert.equal((await push("v1,AAAA", now)).status, 401);
        const signed = new Webhook(secret).sign("msg_1", now, body);
        const answer = await push(signed, now);
        assert.deepEqual([answer.status, await answer.json()], [200, { result: "accepted", unusable: [] }]);
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [A]);
        assert.deepEqual(await (await push(signed, now)).json(), { result: "known", unusable: [] });
    });

    it("holds a removal until it is confirmed with the token", async () => {
        const config = { limits: { maxRemovals: 0 }, token: "file:token" };
        await using scene = await openAgentScene(config);
        await scene.write("token", "a-token-of-more-than-sixteen");
        await scene.write("grants.yaml", grantsOf(A, B));
        const agent = scene.agent();
        await agent.saw("write.accepted");
        await scene.write("grants.yaml", grantsOf(A));
        await agent.saw("removals.held");
        const url = await agent.url;
        assert.equal((await fetch(`${url}/readyz`)).status, 503);
        const confirm = (token: string) =>
            fetch(`${url}/api/confirm`, {
                method: "POST",
                headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
                body: JSON.stringify({ held: [B], by: "ana" }),
            });
        assert.equal((await confirm("a-token-of-somebody-else")).status, 401);
        assert.deepEqual(scene.gateways("nzo1"), [A, B]);
        assert.equal((await confirm("a-token-of-more-than-sixteen")).status, 200);
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [A]);
    });

    const wrong: [because: string, config: object, status: number, stderr: RegExp][] = [
        [
            "a typo in a key",
            { limits: { maxRemoval: 3 } },
            2,
            /agent\.yaml: there is no setting limits\.maxRemoval; did you mean maxRemovals\? \[ZK002\]\n$/,
        ],
        ["a zone of another org", { zones: ["nzo9"] }, 1, /GET \/api\/v1\/zones\/nzo9: .* \[ZK201\]\n$/],
        [
            "a secret that is not there",
            { token: "env:NOBODY" },
            2,
            /^zonekeeper: cannot use the configuration agent\.yaml: the environment variable NOBODY is not set; .*\[ZK002\]\n$/,
        ],
        [
            "a source without a file name",
            { source: { type: "file" } },
            2,
            /the source's path is missing.* \[ZK002\]\n$/,
        ],
    ];
    for (const [because, config, status, stderr] of wrong) {
        it(`ends at the start with a sentence for ${because}`, async () => {
            await using scene = await openAgentScene(config);
            const ran = await scene.agent().ended;
            assert.deepEqual([ran.status, scene.okta.requests.filter(({ method }) => method === "PUT")], [status, []]);
            assert.match(ran.stderr, stderr);
            assert.doesNotMatch(ran.stderr, /\n.*\n$/);
        });
    }

    it("ends with a sentence, and touches no zone, when its token may only read", async () => {
        const tokens = [{ name: "agent", value: TOKEN, access: "read-only" as const }];
        await using scene = await openAgentScene({}, { tokens });
        await scene.write("grants.yaml", grantsOf(A));
        const { status, stderr } = await scene.agent().ended;
        assert.equal(status, 1);
        assert.match(stderr, /PUT \/api\/v1\/zones\/nzo1: .* \[ZK102\]\n$/);
        assert.deepEqual(scene.gateways("nzo1"), ["192.0.2.0/32"]);
    });
});

/** As an administrator does in Okta's console. */
async function removeZone(url: string, id: string): Promise<void> {
    const headers = { authorization: `SSWS ${TOKEN}` };
    await fetch(`${url}/api/v1/zones/${id}/lifecycle/deactivate`, { method: "POST", headers });
    const { status } = await fetch(`${url}/api/v1/zones/${id}`, { method: "DELETE", headers });
    assert.equal(status, 204);
}
