import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent } from "../../src/agent/events/events";
import { openFolderLedger } from "../../src/agent/ledger/folder";
import { intended, NOON, stoppedFor } from "../agent/ledger/events";
import { BIN, start } from "../support/run";
import { call } from "./scene";

const FIRST = "0000000000000001.jsonl";
const CLEARED: AgentEvent = { type: "sessions.cleared", user: "ana", userId: "00u1", status: 204, requestId: "r1" };

interface Shelf extends AsyncDisposable {
    readonly directory: string;
    readonly file: string;
    ledger(...args: readonly string[]): ReturnType<typeof call>;
    /** Opens the ledger, records at noon and so many hours, and closes it. */
    record(event: AgentEvent, hours?: number): Promise<string>;
}

/** A folder with a ledger of three lines, an hour apart. */
async function openShelf(): Promise<Shelf> {
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const state = join(directory, "zonekeeper-state");
    const shelf: Shelf = {
        directory,
        file: join(state, "ledger", FIRST),
        ledger: (...args) => call(["ledger", ...args], { directory }),
        async record(event, hours = 0) {
            const now = () => NOON + hours * 3_600_000;
            const ledger = await openFolderLedger({ state, now, rotateBytes: 100_000, keepFiles: 0 });
            await ledger.record(event);
            await ledger.close();
            return ledger.head.hash;
        },
        [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
    };
    await shelf.record(intended("w1"), 0);
    await shelf.record(CLEARED, 1);
    await shelf.record(stoppedFor("=1+1"), 2);
    return shelf;
}

describe("zonekeeper ledger verify", () => {
    it("says that the ledger is whole, and its last hash", async () => {
        await using shelf = await openShelf();
        const { status, out } = await shelf.ledger("verify");
        const hash = /"hash":"(\w+)"\}\n$/.exec(await readFile(shelf.file, "utf8"))?.[1] ?? "";
        const said = `The ledger in ${join(shelf.directory, "zonekeeper-state/ledger")} is whole: lines 1 to 3 in 1 file.`;
        assert.deepEqual([status, out], [0, `${said}\nIts last hash is ${hash}.`]);
        const json = JSON.parse((await shelf.ledger("verify", "--json", "--expect", hash)).out);
        assert.deepEqual(json, { ok: true, files: 1, lines: 3, first: 1, head: { seq: 3, hash }, expectedAt: 3 });
    });

    it("names the first line that is wrong, and fails", async () => {
        await using shelf = await openShelf();
        await writeFile(shelf.file, (await readFile(shelf.file, "utf8")).replace('"ana","userId"', '"eve","userId"'));
        const { status, out } = await shelf.ledger("verify");
        assert.equal(status, 1);
        assert.deepEqual(out.split("\n").slice(1), [
            `  ${FIRST}, line 2: line 2 was changed: its text does not give its hash`,
            "What is before it is whole, up to line 1.",
        ]);
        const json = JSON.parse((await shelf.ledger("verify", "--json")).out);
        assert.deepEqual([json.ok, json.problem.kind, json.problem.line], [false, "changed", 2]);
    });

    for (const [title, args, says] of [
        [
            "a hash that is none",
            ["verify", "--expect", "12"],
            '--expect "12" is not a hash, which has 64 digits from 0 to f',
        ],
        [
            "another folder",
            ["verify", "--state", "x"],
            "there is no ledger in DIR/x/ledger; name the agent's state folder with --state",
        ],
        ["a count that is none", ["tail", "-n", "-1"], '-n "-1" is not a number of lines'],
        ["a format that is none", ["export", "--format", "xml"], '--format "xml" is none of text, jsonl, csv, ecs'],
        [
            "a moment that is none",
            ["export", "--from", "noon"],
            '--from "noon" is not a moment such as 2026-12-01T09:00:00Z or a day such as 2026-12-01',
        ],
    ] as const) {
        it(`takes ${title} for a wrong call`, async () => {
            await using shelf = await openShelf();
            const { status, out, err } = await shelf.ledger(...args);
            const said = err.map((line) => line.replace(shelf.directory, "DIR"));
            assert.deepEqual([status, out, said], [2, "", [`zonekeeper: ${says} [ZK002]`]]);
        });
    }
});

describe("zonekeeper ledger export", () => {
    it("prints the lines as they stand", async () => {
        await using shelf = await openShelf();
        assert.equal(`${(await shelf.ledger("export")).out}\n`, await readFile(shelf.file, "utf8"));
    });

    it("prints those of a span of time", async () => {
        await using shelf = await openShelf();
        const { out } = await shelf.ledger("export", "--from", "2026-12-01T13:00:00Z", "--to", "2026-12-01T14:00:00Z");
        assert.deepEqual(
            [...out.matchAll(/"seq":(\d)/g)].map(([, seq]) => seq),
            ["2"],
        );
    });

    it("leaves out what is not a line, reports it and fails", async () => {
        await using shelf = await openShelf();
        await writeFile(shelf.file, (await readFile(shelf.file, "utf8")).replace('"ana","userId"', '"eve","userId"'));
        const { status, out, err } = await shelf.ledger("export");
        assert.deepEqual([status, out.split("\n").length], [1, 2]);
        assert.deepEqual(err, [`zonekeeper: ${FIRST}, line 2, is not what was written and is left out [ZK702]`]);
    });

    it("prints rows for a spreadsheet, which takes no text for a formula", async () => {
        await using shelf = await openShelf();
        await shelf.record({ type: "sessions.failed", user: "=HYPERLINK(1)", why: 'a "b"', attempts: 3 });
        const rows = (await shelf.ledger("export", "--format", "csv")).out.split("\n");
        const cells = rows.map((row) => row.replace(/,\w{64}$/, ""));
        assert.deepEqual(cells, [
            "seq,at,type,zone,write,user,grant,add,remove,detail,hash",
            "1,2026-12-01T12:00:00.000Z,write.intended,nzo1,w1,ana,g-1,203.0.113.7/32,," +
                '"{""before"":[""192.0.2.0/32""],""after"":[""203.0.113.7/32""]}"',
            '2,2026-12-01T13:00:00.000Z,sessions.cleared,,,ana,,,,"{""userId"":""00u1"",""status"":204,""requestId"":""r1""}"',
            '3,2026-12-01T14:00:00.000Z,agent.stopped,,,,,,,"{""why"":""=1+1""}"',
            "4,2026-12-01T12:00:00.000Z,sessions.failed,,,'=HYPERLINK(1),,,," +
                '"{""why"":""a \\""b\\"""",""attempts"":3}"',
        ]);
    });

    it("prints JSON in the names of the Elastic Common Schema", async () => {
        await using shelf = await openShelf();
        const { out } = await shelf.ledger("export", "--format", "ecs", "--from", "2026-12-01T13:00:00Z");
        const [{ zonekeeper, "event.hash": hash, ...line }] = out.split("\n").map((text) => JSON.parse(text));
        assert.match(hash, /^\w{64}$/);
        assert.deepEqual([zonekeeper.userId, zonekeeper.status], ["00u1", 204]);
        assert.deepEqual(line, {
            "@timestamp": "2026-12-01T13:00:00.000Z",
            "ecs.version": "8.11.0",
            "event.kind": "event",
            "event.category": ["session"],
            "event.type": ["end"],
            "event.action": "sessions.cleared",
            "event.outcome": "success",
            "event.provider": "zonekeeper",
            "event.dataset": "zonekeeper.ledger",
            "event.sequence": 2,
            "event.id": "r1",
            "user.name": "ana",
            "related.user": ["ana"],
        });
    });
});

describe("zonekeeper ledger tail", () => {
    it("prints the last lines for people", async () => {
        await using shelf = await openShelf();
        const { status, out } = await shelf.ledger("tail", "-n", "2");
        assert.equal(status, 0);
        assert.deepEqual(out.split("\n"), [
            "2026-12-01T13:00:00.000Z  2  sessions.cleared  user=ana  userId=00u1  status=204  requestId=r1",
            "2026-12-01T14:00:00.000Z  3  agent.stopped  why==1+1",
        ]);
    });

    it("ends silently when the reader closes the pipe", async () => {
        await using shelf = await openShelf();
        for (let n = 0; n < 30; n++) await shelf.record(stoppedFor("x".repeat(10_000)));
        const command = `"${process.execPath}" "${BIN}" ledger export`;
        const { stdout, stderr } = spawnSync("sh", ["-c", `{ ${command}; echo $? >&2; } | head -c 8`], {
            cwd: shelf.directory,
            encoding: "utf8",
            timeout: 110_000,
        });
        assert.deepEqual([stdout, stderr], ['{"seq":1', "0\n"]);
    });

    it("follows the ledger until SIGTERM", async () => {
        await using shelf = await openShelf();
        const args = [BIN, "ledger", "tail", "-n", "1", "--follow"];
        await using tail = start(args, { directory: shelf.directory });
        assert.match(await tail.firstLine, / 3 {2}agent\.stopped/);
        const next = new Promise((resolve) => tail.child.stdout?.once("data", resolve));
        await shelf.record(stoppedFor("later"), 3);
        assert.equal(String(await next), "2026-12-01T15:00:00.000Z  4  agent.stopped  why=later\n");
        tail.child.kill("SIGTERM");
        assert.deepEqual((await tail.ended).status, 0);
    });
});
