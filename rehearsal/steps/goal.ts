import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

import { fail } from "../../src/core/errors/errors";
import type { Resource } from "../state/state";
import { urnOf } from "../values/urn";
import type { Properties } from "../values/values";
import { fromStruct } from "../values/wire";

/** What the program wants of one resource. */
export interface Goal {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly custom: boolean;
    /** With secrets marked. */
    readonly inputs: Properties;
    readonly parent: string;
    readonly dependencies: readonly string[];
    /** `<URN>::<id>` of an explicit provider; empty for the default one. */
    readonly provider: string;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly deletedWith: string;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
    /** Undefined where the program leaves it to the provider. */
    readonly deleteBeforeReplace: boolean | undefined;
    readonly secretOutputs: readonly string[];
    /** URNs that the resource may have had before. */
    readonly aliases: readonly string[];
}

/** @throws `bad-input` for what a rehearsal cannot do */
export function goalOf(request: RegisterResourceRequest, stack: string, project: string): Goal {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const urn = urnOf(stack, project, type, name, parent);
    if (request.getRemote()) fail("bad-input", `${urn}: a rehearsal has no remote components`);
    if (request.getImportid() !== "")
        fail("bad-input", `${urn}: a rehearsal imports nothing; take out the option import`);
    return {
        urn,
        type,
        name,
        custom: request.getCustom(),
        inputs: fromStruct(request.getObject()),
        parent,
        dependencies: [...new Set(request.getDependenciesList())].sort(),
        provider: request.getProvider(),
        protect: request.getProtect() ?? false,
        retainOnDelete: request.getRetainondelete() ?? false,
        deletedWith: request.getDeletedwith(),
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
        secretOutputs: request.getAdditionalsecretoutputsList(),
        aliases: request.getAliasurnsList(),
    };
}

/** What the state records of a goal that was reached. */
export function recordOf(goal: Goal, made: Pick<Resource, "id" | "inputs" | "outputs"> & Partial<Resource>): Resource {
    return {
        urn: goal.urn,
        type: goal.type,
        custom: goal.custom,
        parent: goal.parent,
        dependencies: goal.dependencies,
        provider: providerUrn(goal.provider),
        protect: goal.protect,
        retainOnDelete: goal.retainOnDelete,
        ignoreChanges: goal.ignoreChanges,
        deletedWith: goal.deletedWith,
        secretOutputs: goal.secretOutputs,
        problems: [],
        replaced: false,
        ...made,
    };
}

/** The URN in a reference `<URN>::<id>`. */
export function providerUrn(reference: string): string {
    return reference.split("::").slice(0, 4).join("::");
}
