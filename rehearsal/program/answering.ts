import { startChild } from "../processes/child";
import type { Session } from "../session";
import type { Properties } from "../values/values";
import { type Conversation, conversation } from "./answers";
import { type Monitor, serveMonitor } from "./monitor";
import { startProgram } from "./program";
import { watchdog } from "./watchdog";

/** How long a program may neither ask nor wait for anything. Loading it on a busy machine takes a few seconds. */
const SILENCE_MS = 120_000;

/** More of what a program printed before it crashed is of no use in a problem. */
const LAST_LINES = 12;

/**
 * Runs the program to its end and answers what it asks.
 *
 * @param begun Resolves when the program may be answered. It is loaded meanwhile.
 */
export async function answering(session: Session, begun: Promise<void>): Promise<{ readonly outputs: Properties }> {
    const { journal, deployment, signal } = session;
    const talk = conversation(deployment, begun);
    const lines: string[] = [];
    let isStuck = () => {};
    const guard = watchdog(SILENCE_MS, () => isStuck());
    const monitor = await serveMonitor(guarded(talk, guard.during));
    const program = start(session, monitor, lines);
    const stop = () => void program.stop();
    isStuck = () => {
        journal.problem(`the program did nothing for ${SILENCE_MS / 1000} s and was stopped`);
        stop();
    };
    signal.addEventListener("abort", stop);
    try {
        if (signal.aborted) stop();
        await guard.during(begun);
        if (journal.problems.length > 0) stop();
        const status = await program.exited;
        // What was begun for a program that has failed since goes on, and has to be recorded.
        await guard.idle();
        if (journal.problems.length === 0 && !(status === 0 && talk.isOver)) journal.problem(endOf(status, lines));
        return { outputs: talk.outputs };
    } finally {
        signal.removeEventListener("abort", stop);
        guard.stop();
        await program.stop();
        await guard.idle();
        monitor.close();
    }
}

function start({ options, project, deployment, env, journal }: Session, { address }: Monitor, lines: string[]) {
    return startProgram({
        node: options.node ?? process.execPath,
        nodeArgs: project.nodeArgs,
        main: project.main,
        directory: options.directory,
        project: project.name,
        stack: options.stack,
        engine: address,
        preview: deployment.mode === "preview",
        config: options.config,
        secretKeys: options.secretKeys ?? [],
        env,
        start: options.startChild ?? startChild,
        onLine(line, stream) {
            if (stream === "stderr") lines.push(line);
            journal.output("program", line);
        },
    });
}

function guarded(talk: Conversation, during: <T>(answer: Promise<T>) => Promise<T>): Conversation {
    return {
        ...talk,
        get outputs() {
            return talk.outputs;
        },
        get isOver() {
            return talk.isOver;
        },
        register: (request) => during(talk.register(request)),
        registerOutputs: (request) => during(talk.registerOutputs(request)),
        read: (request) => during(talk.read(request)),
        invoke: (request) => during(talk.invoke(request)),
    };
}

/** A program that ends early has not said all that it wants, so that nothing may be deleted after it. */
function endOf(status: number | null, lines: readonly string[]): string {
    const how = status === null ? "was ended by a signal" : `ended with status ${status}`;
    const when = status === 0 ? ", before it had registered everything" : "";
    const printed = lines.slice(-LAST_LINES);
    return `the program ${how}${when}${printed.length > 0 ? `:\n${printed.join("\n")}` : ""}`;
}
