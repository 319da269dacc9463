require("../../lazyModules.cjs");

// Required before Pulumi's process for dynamic resources, which otherwise outlives a rehearsal that was killed:
// its standard input ends when the rehearsal does.
process.stdin.on("end", () => process.exit(0)).resume();
process.stdin.unref();
