import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

import { reasonOf } from "../values/reason";
import { nameOf, typeOf } from "../values/urn";
import { type Properties, secretTexts } from "../values/values";
import type { PropertyChange } from "./diff";

export type Operation = "create" | "update" | "same" | "replace" | "delete" | "refresh" | "read";

/** What was done with one resource; in a preview, what would be. */
export interface Step {
    readonly op: Operation;
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** URN of the resource above it; empty for the stack. */
    readonly parent: string;
    readonly diff: readonly PropertyChange[];
}

export type RehearsalEvent =
    | { readonly kind: "step"; readonly step: Step }
    | {
          readonly kind: "log";
          /** Pulumi's debug messages are left out. */
          readonly severity: "info" | "warning" | "error";
          readonly message: string;
          readonly urn: string;
      }
    /** A line that the program or a dynamic provider printed. */
    | { readonly kind: "output"; readonly from: "program" | "provider"; readonly line: string };

/** Collects what happens, and keeps secrets out of it. */
export interface Journal {
    readonly steps: readonly Step[];
    readonly problems: readonly string[];
    step(op: Operation, of: Pick<Step, "urn" | "parent">, diff?: readonly PropertyChange[]): void;
    /** Notes why the operation failed, as one sentence or a few lines without a stack. */
    problem(text: string): void;
    /**
     * Notes an error with what it happened to, such as `okta:network/zone:Zone "staff"`. A provider that cannot
     * start fails everything that waits for it: one and the same error is noted once.
     */
    failure(of: string, error: unknown): void;
    /** Notes why the operation ends early. What fails from now on fails because of that, and is not noted. */
    end(text: string): void;
    log(request: LogRequest): void;
    output(from: "program" | "provider", line: string): void;
    /** From now on the secrets in these properties appear in no text. */
    redact(properties: Properties): void;
}

/** A shorter text would also hide ordinary words. */
const SHORTEST_SECRET = 6;

/** @param secrets Texts that must not appear, such as tokens from the environment. */
export function journal(secrets: readonly string[], onEvent: (event: RehearsalEvent) => void): Journal {
    const hidden = new Set(secrets.filter(isHideable));
    const steps: Step[] = [];
    const problems: string[] = [];
    const told = new Set<unknown>();
    let hasEnded = false;

    const clean = (text: string) => [...hidden].reduce((shown, secret) => shown.replaceAll(secret, "[secret]"), text);
    function log(severity: "info" | "warning" | "error", message: string, urn = "") {
        onEvent({ kind: "log", severity, message: clean(message), urn });
    }

    return {
        steps,
        problems,
        step(op, { urn, parent }, diff = []) {
            const step = { op, urn, type: typeOf(urn), name: nameOf(urn), parent, diff };
            steps.push(step);
            onEvent({ kind: "step", step });
        },
        problem(text) {
            const problem = clean(withoutStack(text));
            if (hasEnded || problems.includes(problem)) return;
            problems.push(problem);
            log("error", problem);
        },
        failure(of, error) {
            if (!told.has(error)) this.problem(`${of}: ${reasonOf(error)}`);
            told.add(error);
        },
        end(text) {
            this.problem(text);
            hasEnded = true;
        },
        log(request) {
            const [message, urn] = [request.getMessage(), request.getUrn()];
            if (request.getSeverity() === LogSeverity.ERROR) return this.problem(message);
            if (request.getSeverity() === LogSeverity.DEBUG) return;
            log(request.getSeverity() === LogSeverity.WARNING ? "warning" : "info", message, urn);
        },
        output: (from, line) => onEvent({ kind: "output", from, line: clean(line) }),
        redact(properties) {
            for (const text of secretTexts(properties)) if (isHideable(text)) hidden.add(text);
        },
    };
}

function isHideable(text: string): boolean {
    return text.length >= SHORTEST_SECRET;
}

/** The message of an error that was printed with its stack: of the frames, only the first of the user's own stays. */
function withoutStack(text: string): string {
    const lines = text.trim().split("\n");
    const own = lines.find((line) => isFrame(line) && !/node_modules|node:internal/.test(line));
    const told = lines
        .filter((line) => !isFrame(line) && !LEFTOVER.test(line))
        .map((line) => line.replace(REFERENCE, ""));
    return [...told, ...(own === undefined ? [] : [`    ${own.trim()}`])].join("\n");
}

/** What Node's printing of an error with properties leaves beside message and frames. */
const LEFTOVER = /^\s*(promise: Promise \{.*\}|\})?\s*$/;
const REFERENCE = /^<ref \*\d+> /;

function isFrame(line: string): boolean {
    return /^\s+at /.test(line);
}
