import { nativeLocks } from "../../src/locks/nativeLock";
import { sqliteLocks } from "../../src/locks/sqliteLock";

/** A process that locks a file in one of the two ways, says so, and ends only when it is killed. */
const [kind, path = ""] = process.argv.slice(2);
const lockFile = kind === "sqlite" ? sqliteLocks() : nativeLocks();
const lock = lockFile?.(path);
process.stdout.write(`${lock === undefined ? "refused" : "locked"}\n`);
// The lock of a database that nothing refers to ends when the garbage collector closes it.
setInterval(() => lock, 60_000);
