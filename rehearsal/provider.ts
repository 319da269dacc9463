import type { Properties } from "./values/values";

/** What a provider is told of the resource that a call is about. */
export interface Subject {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
}

export interface Failure {
    /** The property that is wrong; empty if its value must not be shown. */
    readonly property: string;
    readonly reason: string;
}

export interface Checked {
    readonly inputs: Properties;
    readonly failures: readonly Failure[];
}

export interface Difference {
    /** Undefined where the provider does not say, and the inputs decide. */
    readonly changes: boolean | undefined;
    /** Properties whose change needs another resource in place of this one. */
    readonly replaces: readonly string[];
    readonly deleteBeforeReplace: boolean;
}

export interface Made {
    readonly id: string;
    readonly outputs: Properties;
}

export interface Found extends Made {
    /** The inputs that would give these outputs; without them the old inputs stay. */
    readonly inputs?: Properties;
}

/** All values come and go without marks: a provider here does not know what is secret. */
export interface Provider {
    check(subject: Subject, olds: Properties, news: Properties): Promise<Checked>;
    diff(subject: Subject, old: Known, news: Properties): Promise<Difference>;
    /** @throws partlyDone, if the resource is there but not as it should be */
    create(subject: Subject, inputs: Properties): Promise<Made>;
    /** Undefined, if the resource is gone. */
    read(subject: Subject, id: string, outputs: Properties, inputs: Properties): Promise<Found | undefined>;
    /** @throws partlyDone, if the resource is there but not as it should be */
    update(subject: Subject, old: Known, news: Properties): Promise<Properties>;
    delete(subject: Subject, id: string, outputs: Properties): Promise<void>;
    /** What a preview shows as the outputs of an update; `news` where there is no such method. */
    planned?(subject: Subject, old: Known, news: Properties): Properties;
    invoke?(token: string, args: Properties): Promise<Properties>;
}

export interface Known extends Made {
    readonly inputs: Properties;
}

/** The error of a create or update that left the resource in place: Pulumi's "init error". */
export type PartlyDone = Error & { readonly partlyDone: Made; readonly reasons: readonly string[] };

export function partlyDone(message: string, made: Made, reasons: readonly string[]): PartlyDone {
    return Object.assign(new Error(message), { partlyDone: made, reasons });
}

export function isPartlyDone(error: unknown): error is PartlyDone {
    return error instanceof Error && "partlyDone" in error;
}
