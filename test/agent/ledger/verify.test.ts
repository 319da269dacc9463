import { strict as assert } from "node:assert";

import type { Disk } from "../../../src/agent/ledger/disk";
import { openLedger } from "../../../src/agent/ledger/ledger";
import { nextLine, START } from "../../../src/agent/ledger/line";
import { verifyLedger } from "../../../src/agent/ledger/verify";
import { NOON, ONE_FILE, stoppedFor } from "./events";
import { simulatedDisk } from "./simulatedDisk";

const [ONE, TWO, THREE] = ["0000000000000001.jsonl", "0000000000000003.jsonl", "0000000000000005.jsonl"] as const;

type Files = Record<string, string>;

/** Three files: lines 1 and 2; 3, which begins the file, and 4; 5, which does too, and 6. */
async function threeFiles(): Promise<Files> {
    const disk = simulatedDisk();
    const ledger = await openLedger({ disk, ...ONE_FILE, rotateBytes: 400 });
    for (const why of ["a", "b", "c", "d"]) await ledger.record(stoppedFor(why));
    return disk.files();
}

function linesOf(text: string | undefined): string[] {
    return (text ?? "").split(/(?<=\n)/);
}

/** Another line 1, whose own hash is right. */
const FORGED = `${nextLine(START, stoppedFor("forged"), new Date(NOON).toISOString()).text}\n`;

describe("verifyLedger", () => {
    it("counts the lines and gives the last hash", async () => {
        const files = await threeFiles();
        const verdict = await verifyLedger(simulatedDisk({ files }));
        const hash = /"hash":"(\w{64})"\}\n$/.exec(files[THREE] ?? "")?.[1];
        assert.deepEqual(verdict, { files: 3, lines: 6, first: 1, head: { seq: 6, hash } });
    });

    it("finds nothing wrong where there is nothing yet", async () => {
        assert.deepEqual(await verifyLedger(simulatedDisk()), { files: 0, lines: 0, first: 1, head: START });
    });

    const table: readonly (readonly [
        title: string,
        change: (files: Files, lines: readonly string[][]) => Files,
        kind: string,
        where: string,
        message: string,
    ])[] = [
        [
            "a changed line",
            (files) => ({ ...files, [TWO]: files[TWO]?.replace('"why":"c"', '"why":"C"') ?? "" }),
            "changed",
            `${TWO} 2`,
            "line 4 was changed: its text does not give its hash",
        ],
        [
            "a changed hash",
            (files) => ({ ...files, [ONE]: files[ONE]?.replace(/"hash":"\w/, '"hash":"!') ?? "" }),
            "unreadable",
            `${ONE} 1`,
            "it is no line of a ledger; line 1 was due",
        ],
        [
            "a line that somebody put in place of another",
            (files, [first = []]) => ({ ...files, [ONE]: `${FORGED}${first[1]}` }),
            "replaced",
            `${ONE} 2`,
            "line 2 was written after another line 1 than the one before it",
        ],
        [
            "a missing line in a file",
            (files, [, second = []]) => ({ ...files, [TWO]: second[1] ?? "" }),
            "missing",
            `${TWO} 1`,
            "line 3 is missing",
        ],
        [
            "a missing line at the end of a file that is not the last",
            (files, [first = []]) => ({ ...files, [ONE]: first[0] ?? "" }),
            "missing",
            `${TWO} 1`,
            "line 2 is missing",
        ],
        ["a missing file", ({ [TWO]: _, ...files }) => files, "missing", `${THREE} 1`, "lines 3 to 4 are missing"],
        [
            "a missing first file, which nothing says was removed",
            ({ [ONE]: _, ...files }) => files,
            "missing",
            `${TWO} 1`,
            "lines 1 to 2 are missing, and no line says that they were removed for keepFiles",
        ],
        [
            "two lines in another order",
            (files, [first = []]) => ({ ...files, [ONE]: `${first[1]}${first[0]}` }),
            "reordered",
            `${ONE} 1`,
            "line 1 was due, and stands further down",
        ],
        [
            "a line twice",
            (files, [first = []]) => ({ ...files, [ONE]: `${first[0]}${first[0]}${first[1]}` }),
            "reordered",
            `${ONE} 2`,
            "line 1 stands here again or too late; line 2 was due",
        ],
        [
            "a file that is cut off in a line",
            (files) => ({ ...files, [THREE]: files[THREE]?.slice(0, -20) ?? "" }),
            "cut",
            `${THREE} 2`,
            "it has no end: the machine stopped while it was written, or the file was cut off",
        ],
        [
            "a file of another name",
            ({ [THREE]: third = "", ...files }) => ({ ...files, "0000000000000009.jsonl": third }),
            "reordered",
            "0000000000000009.jsonl 1",
            "the file begins with line 5, and its name says line 9",
        ],
    ];
    for (const [title, change, kind, where, message] of table) {
        it(`finds ${title}, and where`, async () => {
            const files = await threeFiles();
            const changed = change(files, [linesOf(files[ONE]), linesOf(files[TWO]), linesOf(files[THREE])]);
            assert.notDeepEqual(changed, files);
            const { problem } = await verifyLedger(simulatedDisk({ files: changed }));
            assert.deepEqual(problem && [problem.kind, `${problem.file} ${problem.line}`, problem.message], [
                kind,
                where,
                message,
            ]);
        });
    }

    it("sees that lines at the end are gone only by a hash that was kept elsewhere", async () => {
        const files = await threeFiles();
        const { head } = await verifyLedger(simulatedDisk({ files }));
        const shorter = { ...files, [THREE]: linesOf(files[THREE])[0] ?? "" };
        assert.equal((await verifyLedger(simulatedDisk({ files: shorter }))).problem, undefined);
        const { problem } = await verifyLedger(simulatedDisk({ files: shorter }), head.hash);
        assert.deepEqual(problem, {
            kind: "unexpected",
            file: THREE,
            line: 5,
            message: `no line has the hash ${head.hash}: lines at the end are gone, or the whole was written anew`,
        });
        assert.equal((await verifyLedger(simulatedDisk({ files }), head.hash)).expectedAt, 6);
    });

    it("holds an older hash for good while the ledger grows", async () => {
        const files = await threeFiles();
        const older = /"hash":"(\w{64})"/.exec(files[TWO] ?? "")?.[1];
        const { problem, expectedAt } = await verifyLedger(simulatedDisk({ files }), older);
        assert.deepEqual([problem, expectedAt], [undefined, 3]);
    });

    it("verifies from the anchor on what keepFiles left, and even where more is left than was to go", async () => {
        const disk = simulatedDisk();
        const stubborn: Disk = { ...disk, remove: () => Promise.reject(new Error("busy")) };
        for (const each of [disk, stubborn]) {
            const ledger = await openLedger({ disk: each, ...ONE_FILE, rotateBytes: 400, keepFiles: 2 });
            for (let n = 0; n < 9; n++) await ledger.record(stoppedFor(n));
            await ledger.close();
            const { problem, first } = await verifyLedger(each);
            assert.deepEqual([problem, first > 1], [undefined, true]);
        }
    });

    it("does not take a later beginning for one that keepFiles made", async () => {
        const disk = simulatedDisk();
        const ledger = await openLedger({ disk, ...ONE_FILE, rotateBytes: 400, keepFiles: 3 });
        for (let n = 0; n < 12; n++) await ledger.record(stoppedFor(n));
        const [oldest = "", ...others] = Object.entries(disk.files()).sort();
        assert.notEqual(oldest, "");
        const { problem } = await verifyLedger(simulatedDisk({ files: Object.fromEntries(others) }));
        assert.match(problem?.message ?? "", /^lines 1 to \d+ are missing, and no line says that they were removed/);
    });
});
