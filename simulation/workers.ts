import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { type Outcome, outcomeOf } from "./outcome";
import type { Profile } from "./seeds";

export interface SeedsOptions {
    /** The first seed, and how many. */
    readonly from: number;
    readonly runs: number;
    /** @default "mixed" */
    readonly profile?: Profile;
    /** How many histories are played at the same time, each in a process of its own; 1: in this process. */
    readonly jobs: number;
    /** Hears what each history came to, in the order of the seeds. */
    readonly onOutcome: (outcome: Outcome) => void;
}

/** What a worker is to play. */
export interface Task {
    readonly seed: number;
    readonly profile: Profile;
}

/** What a worker says of a seed. */
export type Answer =
    | { readonly outcome: Outcome; readonly problem?: never }
    | { readonly problem: string; readonly outcome?: never };

/**
 * Plays the histories of these seeds. A history depends on its seed only, so the outcomes are the same however many
 * processes share them.
 *
 * @throws what kept a history from being played to its end, with its seed
 */
export async function playSeeds(options: SeedsOptions): Promise<void> {
    const { from, runs, jobs, profile = "mixed" } = options;
    const inOrder = ordered(options);
    const seeds = Array.from({ length: runs }, (_, index) => from + index)[Symbol.iterator]();
    if (jobs === 1) {
        for (const seed of seeds) inOrder(await outcomeOf(seed, profile));
        return;
    }
    const workers = Array.from({ length: Math.min(jobs, runs) }, openWorker);
    try {
        await Promise.all(
            workers.map(async (worker) => {
                for (const seed of seeds) inOrder(await playIn(worker, { seed, profile }));
            }),
        );
    } finally {
        for (const worker of workers) worker.kill();
    }
}

/** Passes outcomes on in the order of their seeds, in whatever order they come. */
function ordered({ from, onOutcome }: SeedsOptions): (outcome: Outcome) => void {
    const early = new Map<number, Outcome>();
    let next = from;
    return (outcome) => {
        early.set(outcome.seed, outcome);
        for (let due = early.get(next); due !== undefined; due = early.get(next)) {
            early.delete(next++);
            onOutcome(due);
        }
    };
}

function openWorker(): ChildProcess {
    // Histories leave much behind that is soon garbage: with more room for it, they take a sixth less time.
    const execArgv = ["--max-semi-space-size=64", "--require", join(__dirname, "../tsx.cjs")];
    return fork(join(__dirname, "worker.ts"), { execArgv });
}

function playIn(worker: ChildProcess, task: Task): Promise<Outcome> {
    const { seed } = task;
    return new Promise((resolve, reject) => {
        const hear = ({ outcome, problem }: Answer) => {
            worker.off("exit", end);
            if (outcome !== undefined) resolve(outcome);
            else reject(new Error(`seed ${seed}: ${problem}`));
        };
        const end = (status: number | null, signal: string | null) => {
            worker.off("message", hear);
            reject(new Error(`seed ${seed}: its process ended with ${signal ?? status}`));
        };
        worker.once("message", hear);
        worker.once("exit", end);
        if (worker.connected) worker.send(task);
        else end(worker.exitCode, worker.signalCode);
    });
}
