import { openFolderLedger } from "../../../src/agent/ledger/folder";

/** A process that records for ever, three events at a time, and says of each when it is acknowledged. */
const [state = ""] = process.argv.slice(2);

async function recordForEver(): Promise<void> {
    const ledger = await openFolderLedger({ state, now: Date.now, rotateBytes: 2_000, keepFiles: 0 });
    for (let n = 0; ; n += 3) {
        const record = async (why: string) => {
            await ledger.record({ type: "agent.stopped", why });
            process.stdout.write(`${why}\n`);
        };
        await Promise.all([record(`${n}`), record(`${n + 1}`), record(`${n + 2}`)]);
    }
}

recordForEver();
