import * as pulumi from "@pulumi/pulumi";
import { codeNamed } from "../src/core/errors/codes";
import type { CodeName } from "../src/core/errors/codeTable";

/** Ends the program with a sentence and its stable code. */
export function refuse(sentence: string, name: CodeName = "bad-input"): never {
    throw sentenceError(`${sentence} [${codeNamed(name).code}]`);
}

/**
 * An error that Pulumi prints as its sentence alone. Of a RunError it prints the message while the program runs, and the stack
 * after its last line, when components are still being registered: a program that exports nothing does not wait for them.
 */
export function sentenceError(sentence: string): pulumi.RunError {
    return Object.assign(new pulumi.RunError(sentence), { stack: sentence });
}
