import * as pulumi from "@pulumi/pulumi";
import { codeNamed } from "../src/core/errors/codes";
import type { CodeName } from "../src/core/errors/codeTable";

/** Ends the program with a sentence and its stable code, and without a stack: Pulumi prints a RunError as it is. */
export function refuse(sentence: string, name: CodeName = "bad-input"): never {
    throw new pulumi.RunError(`${sentence} [${codeNamed(name).code}]`);
}
