import { oneLine } from "../../core/errors/quote";
import type { Answer } from "../../core/why/why";

/** The answer for people: what was looked at, in the order of the way in, and at the end one sentence and one step. */
export function describeWhy(answer: Answer): string {
    const { lines, next } = answer;
    const width = Math.max(0, ...lines.map(({ kind }) => kind.length));
    return [
        ...lines.map(
            ({ status, kind, message }) => `  ${status.padEnd(7)}  ${kind.padEnd(width)}  ${oneLine(message)}`,
        ),
        "",
        oneLine(sentenceOf(answer)),
        next === "" ? "Next: nothing is to be done here." : `Next: ${oneLine(next)}`,
    ].join("\n");
}

/** Whether they are in by one of several memberships, and why. */
export function shortSentenceOf({ inside, because, lines }: Answer): string {
    if (inside === undefined) return `not known, as ${because}`;
    if (!inside) return `out, as ${because}`;
    return lines.some(({ status }) => status === "bad") ? `inside the zone, but ${because}` : `in, as ${because}`;
}

function sentenceOf({ subject, inside, because, lines }: Answer): string {
    const isRefused = lines.some(({ status }) => status === "bad");
    if (inside === undefined) return `Whether ${subject} is in could not be found out: ${because}.`;
    return `${subject} is ${inside ? (isRefused ? "inside the zone, but" : "in") : "not in"}: ${because}.`;
}
