import * as pulumi from "@pulumi/pulumi";

import type { StackState } from "../src/provider/firstLook";

/** A component that is about to be registered. */
export interface Coming {
    /** Its type token: `zonekeeper:index:IpZone`. */
    readonly type: string;
    readonly name: string;
}

/** The state of the stack as it is before this run, which the engine reads once and only if it is asked for. */
export function stackStateOf(coming: Coming, parent: pulumi.Resource | undefined): StackState {
    let reading: Promise<Stored | undefined> | undefined;
    const stored = () => {
        reading ??= readStored();
        return reading;
    };
    return {
        async zones() {
            const resources = await stored();
            return resources && Object.values(resources).flatMap(textsOfZone).filter(isText);
        },
        async orgId() {
            const isPart = partOf([...typesAround(parent), coming.type].join("$"), coming.name);
            const resources = Object.entries((await stored()) ?? {});
            return resources.map(([urn, { outputs }]) => (isPart(urn) ? outputs?.orgId : undefined)).find(isText);
        },
    };
}

type Stored = Readonly<Record<string, StoredResource>>;

interface StoredResource {
    readonly type?: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

async function readStored(): Promise<Stored | undefined> {
    const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    try {
        const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
        return outputs as Stored;
    } catch {
        return undefined;
    }
}

/**
 * Id and name of a zone. The state may know an imported zone by its name alone. A zone that only other resources know was
 * lost: it has to be imported, and must not be created once more.
 */
function textsOfZone({ type = "", outputs = {} }: StoredResource): readonly unknown[] {
    return type === "okta:network/zone:Zone" ? [outputs.id, outputs.name] : [];
}

function isText(value: unknown): value is string {
    return typeof value === "string";
}

/**
 * The types of a resource and of those around it, outermost first, as in their URNs; the stack's own is left out. Their URNs
 * would be known too late: a component is registered after a provider that it was given.
 */
function typesAround(resource: pulumi.Resource | undefined): readonly string[] {
    const { __pulumiType: type, __parentResource: parent } = (resource ?? {}) as Internals;
    if (type === undefined || type === "pulumi:pulumi:Stack") return [];
    return [...typesAround(parent), type];
}

interface Internals {
    readonly __pulumiType?: string;
    readonly __parentResource?: pulumi.Resource;
}

/**
 * Tells by its URN, `urn:pulumi:dev::project::outer$inner::name`, whether a resource is inside a component. The first child
 * of each kind has the name of the component.
 */
function partOf(types: string, name: string): (urn: string) => boolean {
    return (urn) => {
        const [, , childTypes = "", ...childName] = urn.split("::");
        return childName.join("::") === name && childTypes.startsWith(`${types}$`);
    };
}
