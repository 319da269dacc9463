import type { Providers } from "../providers/providers";
import type { Ledger } from "../state/ledger";
import type { Properties, Value } from "../values/values";
import type { Journal } from "./journal";

/** A resource whose inputs its provider has accepted, before anything is done with it: what a policy may judge. */
export interface CheckedResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** Without marks: a policy sees secrets as plain values. */
    readonly inputs: Properties;
    readonly protect: boolean;
    readonly ignoreChanges: readonly string[];
    readonly parent: string;
    readonly aliases: readonly string[];
}

/** Why the resource must not be as it is; nothing, if it may. */
export type OnChecked = (resource: CheckedResource) => Promise<readonly string[]> | readonly string[];

/** One operation on one stack: what its parts share. */
export interface Deployment {
    readonly stack: string;
    readonly project: string;
    readonly mode: "write" | "preview";
    readonly ledger: Ledger;
    readonly journal: Journal;
    readonly providers: Providers;
    readonly signal: AbortSignal;
    readonly onChecked: OnChecked;
    /** What a program gets for a reference to another stack. @throws `bad-input` for one that is not there */
    otherStack(name: string): Promise<Properties>;
    /** What a program gets for the outputs of all resources of a stack. @throws `bad-input` for one that is not there */
    stackResources(name: string): Promise<Properties>;
    /** @throws `bad-input` if the state cannot keep a secret in this value */
    admit(value: Value): void;
}
