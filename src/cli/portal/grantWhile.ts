import { spawn } from "node:child_process";
import { constants } from "node:os";

import { systemClock } from "../../clock";
import { fail } from "../../core/errors/errors";
import type { Terminal } from "../terminal/terminal";
import type { PortalClient } from "./portalClient";

type Shown = Readonly<Record<string, unknown>>;

/** Signals that end a process and let it clean up. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const [LOOK_MS, MOST_LOOKS] = [1_000, 120];

/** Pauses between the tries to revoke: whatever the command was for is over, and the access should be too. */
const REVOKE_AGAIN_MS = [500, 2_000, 5_000];

/**
 * Runs a command while a grant lasts, and revokes it however the command ends.
 *
 *   what ends it                                     status
 *   the command ends                                 its own
 *   a signal ends the command                        128 and the signal's number, as shells say it
 *   a signal comes while Okta is waited for          128 and the signal's number; the command was not run
 *   the command cannot be started                    2
 *   Okta is not told within two minutes              1
 *
 * @param first What is granted, as the portal answered it.
 */
export async function grantWhile(
    client: PortalClient,
    first: Shown,
    command: readonly string[],
    terminal: Terminal,
): Promise<number> {
    const signals = openSignals();
    try {
        const state = await untilInside(client, String(first.id), signals.aborted);
        if (signals.first() !== undefined) return statusOf(signals.first());
        if (state !== "inside") {
            return fail("portal-unavailable", `${WHY_NOT[state]}: the command was not run`);
        }
        return await runCommand(command, signals);
    } finally {
        await revokeSurely(client, first, terminal);
        signals.close();
    }
}

const WHY_NOT = {
    late: "Okta was not told of the grant within two minutes",
    refused: "the agent refused the grant",
    ended: "the grant ended before Okta was told of it",
} as const;

interface Signals {
    /** The one that came first. */
    first(): NodeJS.Signals | undefined;
    readonly aborted: AbortSignal;
    /** Passes every later signal to another receiver. */
    forward(to: (signal: NodeJS.Signals) => void): void;
    close(): void;
}

function openSignals(): Signals {
    const abort = new AbortController();
    let first: NodeJS.Signals | undefined;
    let forwardTo: ((signal: NodeJS.Signals) => void) | undefined;
    const hear = (signal: NodeJS.Signals) => {
        if (forwardTo !== undefined) return forwardTo(signal);
        first ??= signal;
        abort.abort();
    };
    for (const signal of ENDING) process.on(signal, hear);
    return {
        first: () => first,
        aborted: abort.signal,
        forward(to) {
            forwardTo = to;
        },
        close() {
            for (const signal of ENDING) process.off(signal, hear);
        },
    };
}

function statusOf(signal: NodeJS.Signals | null | undefined): number {
    return 128 + (signal ? constants.signals[signal] : 0);
}

async function runCommand([program = "", ...args]: readonly string[], signals: Signals): Promise<number> {
    const child = spawn(program, args, { stdio: "inherit", env: process.env });
    // At a terminal Ctrl-C reaches the command by itself, as it is of the same process group.
    const isTyped = (signal: NodeJS.Signals) => signal === "SIGINT" && process.stdin.isTTY === true;
    signals.forward((signal) => {
        if (!isTyped(signal)) child.kill(signal);
    });
    return new Promise<number>((resolve, reject) => {
        child.on("error", (cause: NodeJS.ErrnoException) => {
            const why = cause.code === "ENOENT" ? "there is no such program" : cause.message;
            reject(Object.assign(new Error(`cannot run ${program}: ${why}`), { code: "bad-input" }));
        });
        child.on("close", (code, signal) => resolve(code ?? statusOf(signal)));
    });
}

async function untilInside(
    client: PortalClient,
    id: string,
    aborted: AbortSignal,
): Promise<"inside" | keyof typeof WHY_NOT> {
    for (let looks = 0; looks < MOST_LOOKS && !aborted.aborted; looks += 1) {
        const { state } = await grantOf(client, id);
        if (state === "accepted" || state === "effective") return "inside";
        if (state === "refused" || state === "ended") return state;
        await systemClock.sleep(LOOK_MS, aborted).catch(() => {});
    }
    return "late";
}

async function revokeSurely(client: PortalClient, { id, expiresAt }: Shown, terminal: Terminal): Promise<void> {
    for (const pauseMs of [...REVOKE_AGAIN_MS, undefined]) {
        try {
            await client.call("DELETE", `/api/v1/grants/${id}`);
            return;
        } catch (error) {
            if (pauseMs === undefined) {
                const { message } = error as Error;
                terminal.err(`warning: the grant ${id} could not be revoked and lasts until ${expiresAt}: ${message}`);
                return;
            }
            await systemClock.sleep(pauseMs, new AbortController().signal);
        }
    }
}

/** A grant of one's own, as it is now. */
export async function grantOf(client: PortalClient, id: string): Promise<Shown> {
    const { body } = await client.call("GET", "/api/v1/grants");
    return (
        (body.grants as readonly Shown[]).find((each) => each.id === id) ??
        fail("bad-input", `the portal has no grant ${id}`)
    );
}
