import { randomUUID } from "node:crypto";

import { openLeadership } from "../../../src/agent/leadership/open";
import { systemClock } from "../../../src/clock";

/** A process that leads, says so in a line, and goes on until it is killed. */
const [settings = "{}"] = process.argv.slice(2);
const leadership = openLeadership(JSON.parse(settings), {
    state: "state",
    directory: process.cwd(),
    env: process.env,
    clock: systemClock,
    nonce: randomUUID,
    onTrouble: (problem) => process.stderr.write(`${problem}\n`),
});
leadership.lead(new AbortController().signal).then(() => process.stdout.write("leads\n"));
