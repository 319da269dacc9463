import type { Process } from "./process";
import type { WorldTime } from "./time";
import type { Life, LifeSettings } from "./trace";

/** Starts each agent's process, starts it again when it has ended, and confirms what is held. */
export interface Supervisor {
    start(agent: number): void;
    /** The process dies in the middle of whatever it does. */
    crash(agent: number, downMs: number): void;
    /** It is told to end, and is started again when it has. */
    restart(agent: number, downMs: number): void;
    /** Every process is told to end, and is started again at once: with the settings of then. */
    reload(): void;
    /** Every process hears that a decision may come out differently. */
    wake(): void;
    /** No process lives or is started any more. */
    close(): void;
    readonly lives: readonly Life[];
}

/** How long it takes until a process is started again that ended by itself. */
const RESTART_MS = 5000;

/** How often somebody looks at what is held, and how long it then takes to be confirmed where nothing else is said. */
const [WATCH_MS, CONFIRM_MS] = [5000, 20_000];

export interface SupervisorOptions {
    readonly time: WorldTime;
    /** The settings with which a process is started now. */
    readonly settings: () => LifeSettings;
    /** @default 20 s */
    readonly confirmsAfterMs?: number | "never" | undefined;
    /** Starts a process for a life that has just begun; undefined where there is nothing left to keep. */
    readonly open: (life: Life) => Process | undefined;
}

export function openSupervisor(options: SupervisorOptions): Supervisor {
    const { time, settings, open, confirmsAfterMs = CONFIRM_MS } = options;
    const lives: Life[] = [];
    const running = new Map<number, Process>();
    let isOver = false;

    function start(agent: number): void {
        if (isOver) return;
        const life: Life = { id: lives.length, agent, fromMs: time.now(), toMs: Infinity, settings: settings() };
        lives.push(life);
        const process = open(life);
        if (process === undefined) return;
        running.set(agent, process);
        process.ended.then(
            () => end(process),
            (error: Error & { readonly code?: string }) => {
                life.ended = { code: error.code ?? "none", message: error.message };
                end(process);
                startAfter(RESTART_MS, agent);
            },
        );
    }

    function startAfter(ms: number, agent: number): void {
        time.at(time.now() + ms, () => start(agent));
    }

    function end(process: Process): void {
        process.die();
        if (running.get(process.life.agent) === process) running.delete(process.life.agent);
    }

    /** A fault of the way to Okta may have killed a process, too. */
    function watch(): void {
        if (isOver) return;
        for (const [agent, process] of running) {
            if (process.life.toMs < Infinity) {
                running.delete(agent);
                startAfter(RESTART_MS, agent);
                continue;
            }
            if (confirmsAfterMs === "never") continue;
            const held = process.held();
            if (held.length > 0) time.at(time.now() + confirmsAfterMs, () => confirm(process, held));
        }
        time.at(time.now() + WATCH_MS, watch);
    }

    function confirm({ agent, life }: Process, held: readonly string[]): void {
        if (life.toMs === Infinity) agent.confirm(held, "the world").catch(() => {});
    }

    function restart(agent: number, downMs: number): void {
        const process = running.get(agent);
        process?.stop();
        process?.ended.then(
            () => startAfter(downMs, agent),
            () => {},
        );
    }

    time.at(WATCH_MS, watch);
    return {
        lives,
        start,
        crash(agent, downMs) {
            const process = running.get(agent);
            if (process === undefined) return;
            end(process);
            startAfter(downMs, agent);
        },
        restart,
        reload() {
            for (const agent of running.keys()) restart(agent, 0);
        },
        wake() {
            for (const { agent } of running.values()) agent.wake();
        },
        close() {
            isOver = true;
            for (const process of running.values()) process.die();
        },
    };
}
