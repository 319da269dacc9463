import { outcomeOf } from "./outcome";
import type { Answer, Task } from "./workers";

/** A process that plays the history of each seed that it is sent, and answers with what it came to. */
process.on("message", ({ seed, profile }: Task) => {
    outcomeOf(seed, profile).then(
        (outcome) => answer({ outcome }),
        (error: Error) => answer({ problem: error.stack ?? error.message }),
    );
});

// Nobody hears the answer any more.
process.on("disconnect", () => process.exit());

function answer(message: Answer): void {
    process.send?.(message);
}
