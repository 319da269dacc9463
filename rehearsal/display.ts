import type { Operation, PropertyChange, Result, Step } from "./engine";

export interface DisplayOptions {
    readonly operation: "preview" | "up" | "refresh" | "destroy";
    readonly project: string;
    readonly stack: string;
}

type Sign = "+" | "~" | "-" | "+-" | " ";

const SIGNS: Readonly<Record<Operation, Sign>> = {
    create: "+",
    update: "~",
    replace: "+-",
    delete: "-",
    refresh: "~",
    read: " ",
    same: " ",
};

const DONE: Readonly<Record<Operation, string>> = {
    create: "created",
    update: "updated",
    replace: "replaced",
    delete: "deleted",
    refresh: "refreshed",
    read: "read",
    same: "unchanged",
};

/** In a summary, what happened to most is said first. */
const COUNTED: readonly Operation[] = ["create", "update", "replace", "delete", "same"];

/**
 * A result as text, much as Pulumi prints it: the tree of what is touched, each
 * with its changed properties, then the stack's outputs, the problems and a count.
 */
export function display(result: Result, { operation, project, stack }: DisplayOptions): string {
    const isPlan = operation === "preview";
    const read = result.steps.filter(({ op, diff }) => op === "refresh" && diff.length > 0);
    const steps = result.steps.filter(({ op }) => op !== "refresh");
    return [
        `Rehearsal of ${operation}, ${project}/${stack} (no Pulumi CLI takes part)`,
        ...(read.length > 0
            ? ["", "Found changed since the last time:", ...read.flatMap((step) => describe(step, "", DONE.refresh))]
            : []),
        ...section(tree(steps, isPlan)),
        ...section(outputs(result)),
        ...section(result.problems.map((problem) => `error: ${problem}`)),
        "",
        summary(operation === "refresh" ? read : steps, operation, result.ok),
    ].join("\n");
}

function section(lines: readonly string[]): string[] {
    return lines.length > 0 ? ["", ...lines] : [];
}

/** What is touched, below what it belongs to. */
function tree(steps: readonly Step[], isPlan: boolean): string[] {
    const byUrn = new Map(steps.map((step) => [step.urn, step]));
    const shown = new Set(steps.filter(({ op }) => op !== "same").flatMap((step) => [step, ...above(step, byUrn)]));
    const roots = [...shown].filter(({ parent }) => !byUrn.has(parent));
    const branch = (step: Step, indent: string): string[] => [
        ...describe(step, indent, isPlan ? step.op : DONE[step.op]),
        ...[...shown].filter(({ parent }) => parent === step.urn).flatMap((child) => branch(child, `${indent}   `)),
    ];
    return roots.flatMap((root) => branch(root, ""));
}

function above(step: Step, byUrn: ReadonlyMap<string, Step>): Step[] {
    const parent = byUrn.get(step.parent);
    return parent === undefined ? [] : [parent, ...above(parent, byUrn)];
}

function describe(step: Step, indent: string, verb: string): string[] {
    const label = step.op === "same" ? "" : ` (${verb})`;
    return [
        `${SIGNS[step.op].padEnd(2)} ${indent}${step.type} ${step.name}${label}`,
        ...step.diff.map((change) => `   ${indent}    ${describeChange(change)}`),
    ];
}

function describeChange({ path, before, after }: PropertyChange): string {
    if (before === undefined) return `+ ${path}: ${short(after)}`;
    if (after === undefined) return `- ${path}: ${short(before)}`;
    return `~ ${path}: ${short(before)} => ${short(after)}`;
}

function outputs(result: Result): string[] {
    const entries = Object.entries(result.outputs);
    return entries.length > 0 ? ["Outputs:", ...entries.map(([name, value]) => `    ${name}: ${short(value)}`)] : [];
}

/** Long lists are cut: a zone has up to 150 gateways. */
function short(value: unknown): string {
    const text = JSON.stringify(value);
    return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function summary(steps: readonly Step[], operation: DisplayOptions["operation"], ok: boolean): string {
    if (operation === "refresh") return `${ok ? "Done" : "Failed"}: ${steps.length} changed`;
    const counts = COUNTED.map((op) => [op, steps.filter((step) => step.op === op).length] as const);
    const parts = counts.filter(([, count]) => count > 0).map(([op, count]) => `${count} ${word(op, operation)}`);
    return `${ok ? "Done" : "Failed"}: ${parts.join(", ") || "nothing to do"}`;
}

function word(op: Operation, operation: DisplayOptions["operation"]): string {
    return operation === "preview" && op !== "same" ? `to ${op}` : DONE[op];
}
