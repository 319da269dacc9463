// Loaded before a process's own code: appends the process's peak of resident memory to a file when it ends.
const { appendFileSync, readFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

if (isMainThread) {
    process.once("exit", () => {
        const peak = { script: process.argv[1] ?? "", peakKiB: peakKiB() };
        appendFileSync(process.env.ZONEKEEPER_BENCH_PEAKS, `${JSON.stringify(peak)}\n`);
    });
    // The engine ends the process for dynamic resources with SIGTERM, of which no `exit` would tell.
    process.once("SIGTERM", () => process.exit());
}

/** Linux hands a parent's maxRSS down to the child that it forks; VmHWM is the process's own, and Linux alone has it. */
function peakKiB() {
    try {
        const [, digits] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
        return Number(digits);
    } catch {
        return process.resourceUsage().maxRSS;
    }
}
