import type {
    PolicyResource,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
} from "@pulumi/policy";

/** What a preview does not know, as Pulumi writes it. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Candidate {
    readonly type: string;
    /** Unknown values throw when they are read, as they do in a real policy. */
    readonly props?: Readonly<Record<string, unknown>>;
    /** @default "staff" */
    readonly name?: string;
    /** @default "dev" */
    readonly stack?: string;
    readonly protect?: boolean;
    readonly ignoreChanges?: readonly string[];
    /** Names of the candidates that a property comes from. */
    readonly from?: Readonly<Record<string, readonly string[]>>;
}

/** What the policy says of a resource. */
export async function violations(
    policy: ResourceValidationPolicy,
    candidate: Candidate,
    config: object = {},
): Promise<string[]> {
    const found: string[] = [];
    const { type, props = {}, name = "staff", protect = false, ignoreChanges = [] } = candidate;
    const args = {
        type,
        name,
        urn: urnOf(candidate),
        props: asPulumiShows(props),
        opts: { protect, ignoreChanges },
        getConfig: () => config,
    } as unknown as ResourceValidationArgs;
    for (const validate of [policy.validateResource].flat()) {
        await validate?.(args, (message) => found.push(String(message)));
    }
    return found;
}

/** What the policy says of all resources of a stack, as `name: message`. */
export async function stackViolations(
    policy: StackValidationPolicy,
    candidates: readonly Candidate[],
    config: object = {},
): Promise<string[]> {
    const found: string[] = [];
    const resources = candidates.map((candidate) => ({
        type: candidate.type,
        name: candidate.name ?? "staff",
        urn: urnOf(candidate),
        props: asPulumiShows(candidate.props ?? {}),
        opts: { protect: candidate.protect ?? false, ignoreChanges: candidate.ignoreChanges ?? [] },
        propertyDependencies: {} as Record<string, unknown[]>,
    }));
    candidates.forEach(({ from = {} }, index) => {
        for (const [key, names] of Object.entries(from)) {
            const sources = resources.filter(({ name }) => names.includes(name));
            Object.assign(resources[index]?.propertyDependencies ?? {}, { [key]: sources });
        }
    });
    const args = { resources: resources as unknown as PolicyResource[], getConfig: () => config };
    await policy.validateStack(args as unknown as StackValidationArgs, (message, urn) =>
        found.push(`${urn?.split("::").at(-1)}: ${message}`),
    );
    return found;
}

function urnOf({ type, name = "staff", stack = "dev" }: Candidate): string {
    return `urn:pulumi:${stack}::zonekeeper::${type}::${name}`;
}

/** Pulumi's proxy around the properties of a resource: reading an unknown one throws. */
function asPulumiShows<T>(value: T): T {
    if (typeof value !== "object" || value === null) return value;
    return new Proxy(value, {
        get(target, key) {
            const found = Reflect.get(target, key);
            if (found === UNKNOWN) throw new Error(`${String(key)} can't be known during preview`);
            return asPulumiShows(found);
        },
    });
}
