import { fail } from "../../src/core/errors/errors";
import { isPartlyDone, type Made, type Provider } from "../provider";
import { PROVIDER_TYPE } from "../providers/providers";
import type { Resource } from "../state/state";
import { type Properties, remarked, secret, unmarked } from "../values/values";
import { inputsOf } from "./check";
import { decide } from "./decide";
import type { Deployment } from "./deployment";
import { differences } from "./diff";
import { type Goal, providerUrn, recordOf } from "./goal";

/** What the program is told about a resource; in a preview the id of a new one is empty. */
export interface Registered {
    readonly id: string;
    /** With secrets marked. */
    readonly outputs: Properties;
}

/**
 * Brings one resource to its goal.
 *
 * @throws what the provider throws, `bad-input` for what a rehearsal refuses itself
 */
export async function register(goal: Goal, deployment: Deployment): Promise<Registered> {
    const { ledger, journal, mode, admit } = deployment;
    deployment.signal.throwIfAborted();
    if (ledger.settled(goal.urn)) fail("bad-input", `two resources have the URN ${goal.urn}; rename one of them`);
    journal.redact(goal.inputs);
    if (mode === "write") admit(goal.secretOutputs.length > 0 ? secret(goal.inputs) : goal.inputs);
    const old = ledger.old([goal.urn, ...goal.aliases]);
    if (!goal.custom) return registerComponent(goal, old, deployment);
    if (goal.type.startsWith(PROVIDER_TYPE)) return registerProvider(goal, old, deployment);
    return registerCustom(goal, old, deployment);
}

async function registerComponent(goal: Goal, old: Resource | undefined, deployment: Deployment): Promise<Registered> {
    const diff = differences(old?.inputs ?? {}, goal.inputs);
    const record = recordOf(goal, { id: "", inputs: goal.inputs, outputs: old?.outputs ?? {} });
    await deployment.ledger.settle(record, old);
    const op = diff.length > 0 ? "update" : "same";
    deployment.journal.step(old === undefined ? "create" : op, goal, diff);
    return { id: "", outputs: goal.inputs };
}

/** A provider that the program declares: its configuration is kept, nothing is asked of anybody. */
async function registerProvider(goal: Goal, old: Resource | undefined, deployment: Deployment): Promise<Registered> {
    const { providers } = deployment;
    await providers.of(`${goal.type.slice(PROVIDER_TYPE.length)}:`, "");
    providers.declare(goal.urn, goal.inputs);
    const id = old?.id ?? goal.name;
    const { outputs } = await registerComponent(goal, old, deployment);
    await deployment.ledger.settle(recordOf(goal, { id, inputs: goal.inputs, outputs }), old);
    return { id, outputs };
}

async function registerCustom(goal: Goal, old: Resource | undefined, deployment: Deployment): Promise<Registered> {
    const provider = await deployment.providers.of(goal.type, providerUrn(goal.provider));
    const inputs = await inputsOf(goal, old, provider, deployment);
    if (old === undefined) {
        const made = await make(goal, inputs, provider, deployment);
        if (deployment.mode === "preview") await deployment.ledger.settle(recordOf(goal, { ...made, inputs }));
        deployment.journal.step("create", goal, differences({}, inputs));
        return made;
    }
    const decision = await decide(goal, old, inputs, provider);
    const change = { goal, old, inputs, provider, deployment };
    switch (decision) {
        case "same":
            return keep(change);
        case "update":
            return update(change);
        case "replace":
        case "delete-then-replace":
            return replace(change, decision);
    }
}

interface Change {
    readonly goal: Goal;
    readonly old: Resource;
    readonly inputs: Properties;
    readonly provider: Provider;
    readonly deployment: Deployment;
}

async function keep({ goal, old, inputs, deployment }: Change): Promise<Registered> {
    const outputs = remarked(old.outputs, inputs, goal.secretOutputs);
    await deployment.ledger.settle(recordOf(goal, { id: old.id, inputs, outputs }), old);
    deployment.journal.step("same", goal);
    return { id: old.id, outputs };
}

async function update({ goal, old, inputs, provider, deployment }: Change): Promise<Registered> {
    const { ledger, journal, mode } = deployment;
    const known = { id: old.id, inputs: unmarked(old.inputs), outputs: unmarked(old.outputs) };
    const mark = (outputs: Properties) => remarked(outputs, inputs, goal.secretOutputs);
    const settle = (outputs: Properties, problems: readonly string[]) =>
        ledger.settle(recordOf(goal, { id: old.id, inputs, outputs: mark(outputs), problems }), old);
    const news = unmarked(inputs);
    const outputs =
        mode === "preview"
            ? (provider.planned?.(goal, known, news) ?? news)
            : await provider.update(goal, known, news).catch(async (error: unknown) => {
                  if (isPartlyDone(error)) await settle(error.partlyDone.outputs, error.reasons);
                  throw error;
              });
    await settle(outputs, []);
    journal.step("update", goal, differences(old.inputs, inputs));
    return { id: old.id, outputs: mark(outputs) };
}

/** The old resource goes at the end, when nothing needs it any more, or at once where the two cannot exist together. */
async function replace(change: Change, how: "replace" | "delete-then-replace"): Promise<Registered> {
    const { goal, old, provider, deployment } = change;
    const { ledger, journal, mode } = deployment;
    if (goal.protect) {
        fail("bad-input", "it would be replaced, but is protected; take out the option protect first");
    }
    const deletesFirst = how === "delete-then-replace" && mode === "write";
    if (deletesFirst && !old.retainOnDelete) await provider.delete(goal, old.id, unmarked(old.outputs));
    if (deletesFirst) await ledger.drop(old);
    const inputs = await inputsOf(goal, undefined, provider, deployment);
    const made = await make(goal, inputs, provider, deployment, deletesFirst ? undefined : old);
    if (mode === "preview") await ledger.settle(recordOf(goal, { ...made, inputs }), old);
    journal.step("replace", goal, differences(old.inputs, inputs));
    return made;
}

/** Creates a resource and records it at once. In a preview its inputs stand for its outputs. */
async function make(
    goal: Goal,
    inputs: Properties,
    provider: Provider,
    { mode, ledger }: Deployment,
    replaced?: Resource,
): Promise<Registered> {
    if (mode === "preview") return { id: "", outputs: inputs };
    const record = async (made: Made, problems: readonly string[]) => {
        const outputs = remarked(made.outputs, inputs, goal.secretOutputs);
        const resource = recordOf(goal, { id: made.id, inputs, outputs, problems });
        await (replaced === undefined ? ledger.settle(resource) : ledger.supersede(replaced, resource));
        return { id: made.id, outputs };
    };
    const made = await provider.create(goal, unmarked(inputs)).catch(async (error: unknown) => {
        if (isPartlyDone(error)) await record(error.partlyDone, error.reasons);
        throw error;
    });
    return record(made, []);
}
