import type { Provider } from "../../rehearsal/provider";
import { ledger } from "../../rehearsal/state/ledger";
import type { Resource } from "../../rehearsal/state/state";
import type { Deployment } from "../../rehearsal/steps/deployment";
import type { Goal } from "../../rehearsal/steps/goal";
import { journal } from "../../rehearsal/steps/journal";
import { type Registered, register } from "../../rehearsal/steps/register";
import { remove } from "../../rehearsal/steps/remove";
import { nameOf, typeOf } from "../../rehearsal/values/urn";
import { hasSecret } from "../../rehearsal/values/values";
import { fail } from "../../src/core/errors/errors";

/** What the test's provider was asked, such as `create staff {"size":1}`. */
export type Calls = readonly string[];

/** URN of a thing of the test. */
export function urnOf(name: string): string {
    return `urn:pulumi:dev::test::thing:index:Thing::${name}`;
}

/** A goal for a custom resource with these inputs, and whatever else a case is about. */
export function goal(name: string, inputs: Goal["inputs"], options: Partial<Goal> = {}): Goal {
    return {
        urn: urnOf(name),
        type: "thing:index:Thing",
        name,
        custom: true,
        inputs,
        parent: "",
        dependencies: [],
        provider: "",
        protect: false,
        retainOnDelete: false,
        deletedWith: "",
        ignoreChanges: [],
        replaceOnChanges: [],
        deleteBeforeReplace: undefined,
        secretOutputs: [],
        aliases: [],
        ...options,
    };
}

/**
 * A provider of things, in memory. Its `kind` cannot be changed without
 * replacement; everything else is echoed. `overrides` makes it misbehave.
 */
export function thingProvider(calls: string[], overrides: Partial<Provider> = {}): Provider {
    const note = (verb: string, name: string, what: unknown) => calls.push(`${verb} ${name} ${JSON.stringify(what)}`);
    return {
        check: async (_subject, _olds, news) => ({ inputs: news, failures: [] }),
        async diff(_subject, { outputs }, news) {
            const replaces = outputs.kind === news.kind ? [] : ["kind"];
            return { changes: undefined, replaces, deleteBeforeReplace: false };
        },
        async create({ name }, inputs) {
            note("create", name, inputs);
            return { id: `id-${name}`, outputs: inputs };
        },
        async read(_subject, id, outputs) {
            return { id, outputs };
        },
        async update({ name }, _old, news) {
            note("update", name, news);
            return news;
        },
        async delete({ name }, id) {
            note("delete", name, id);
        },
        ...overrides,
    };
}

export interface Performed {
    /** The state after everything, as it was last written; undefined if nothing was. */
    readonly state: readonly Resource[];
    readonly writes: number;
    readonly calls: Calls;
    /** Such as `create staff`. */
    readonly steps: readonly string[];
    readonly problems: readonly string[];
    readonly answers: readonly Registered[];
}

export interface Act {
    readonly state?: readonly Resource[];
    readonly goals?: readonly Goal[];
    readonly mode?: "write" | "preview";
    readonly provider?: Partial<Provider>;
    readonly onChecked?: Deployment["onChecked"];
    /** Whether the state can keep secrets. @default true */
    readonly hasPassphrase?: boolean;
}

/** Brings a stack to its goals, one after the other, and then deletes what is no goal any more, as an operation does. */
export async function perform({ state = [], goals = [], mode = "write", ...act }: Act): Promise<Performed> {
    const calls: string[] = [];
    const written: (readonly Resource[])[] = [];
    const provider = thingProvider(calls, act.provider);
    const deployment: Deployment = {
        stack: "dev",
        project: "test",
        mode,
        ledger: ledger(
            { resources: state, admit: () => {}, write: async (resources) => void written.push(resources) },
            mode,
        ),
        journal: journal([], () => {}),
        providers: { of: async () => provider, warm: () => {}, declare: () => {}, stop: async () => {} },
        signal: new AbortController().signal,
        onChecked: act.onChecked ?? (() => []),
        otherStack: async (name) => fail("bad-input", `unknown stack "${name}"`),
        stackResources: async (name) => fail("bad-input", `unknown stack "${name}"`),
        admit(value) {
            if (act.hasPassphrase === false && hasSecret(value)) throw new Error("set PULUMI_CONFIG_PASSPHRASE");
        },
    };
    const answers: Registered[] = [];
    for (const goal of goals) {
        try {
            answers.push(await register(goal, deployment));
        } catch (error) {
            deployment.journal.problem((error as Error).message);
            break;
        }
    }
    const { journal: notes } = deployment;
    if (notes.problems.length === 0) await remove(deployment.ledger.pending(), deployment);
    return {
        state: written.at(-1) ?? state,
        writes: written.length,
        calls,
        steps: notes.steps.map(({ op, urn }) => `${op} ${nameOf(urn)}`),
        problems: notes.problems,
        answers,
    };
}

/** A resource as a state has it after `goal(name, inputs)`. */
export function existing(name: string, inputs: Goal["inputs"], options: Partial<Resource> = {}): Resource {
    const urn = options.urn ?? urnOf(name);
    return {
        urn,
        type: typeOf(urn),
        custom: true,
        id: `id-${name}`,
        inputs,
        outputs: inputs,
        parent: "",
        dependencies: [],
        provider: "",
        protect: false,
        retainOnDelete: false,
        ignoreChanges: [],
        deletedWith: "",
        secretOutputs: [],
        problems: [],
        replaced: false,
        ...options,
    };
}
