import * as pulumi from "@pulumi/pulumi";

/** A resource as a program declares it. Other resources in it are called `<type> <name>`. */
export interface Declared {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly options: DeclaredOptions;
}

/** What an engine is told besides the inputs; only what is set. */
export interface DeclaredOptions {
    readonly parent?: string;
    readonly protect?: boolean;
    readonly retainOnDelete?: true;
    readonly ignoreChanges?: readonly string[];
    /** Sorted: what `dependsOn` names, and what the inputs come from. */
    readonly dependencies?: readonly string[];
    readonly deletedWith?: string;
    /** Names and URNs that the resource had before. */
    readonly aliases?: readonly string[];
}

export interface DeclaredWorld {
    /** @default "dev" */
    readonly stack?: string;
    /** The stack's configuration: `zonekeeper:shards`. @default none */
    readonly config?: Readonly<Record<string, string>>;
    /** What resources of a type give back besides their inputs. @default nothing */
    readonly outputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    /** What a function answers: by its token, from its arguments. Any other call throws. @default none */
    readonly calls?: Readonly<Record<string, (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>>>;
}

/**
 * What a program declares, without an engine, and the values of the outputs
 * that it gives back. The ID of `okta:network/zone:Zone staff` is `Zone staff`.
 */
export async function declared<T>(program: () => T, world: DeclaredWorld = {}) {
    const { stack = "dev", config = {}, outputs = {}, calls = {} } = world;
    const resources: Declared[] = [];
    const options = new Map<string, DeclaredOptions>();
    await pulumi.runtime.setMocks(
        {
            newResource({ type, name, inputs }) {
                resources.push({ type, name, inputs, options: options.get(`${type} ${name}`) ?? {} });
                return { id: `${type.split(":").at(-1)} ${name}`, state: { ...inputs, ...outputs[type] } };
            },
            call({ token, inputs }) {
                const answer = calls[token];
                if (answer === undefined) throw new Error(`unexpected call of ${token}`);
                return answer(inputs);
            },
        },
        "zonekeeper",
        stack,
    );
    pulumi.runtime.setAllConfig({ ...config });
    onRegister((request) => options.set(`${request.getType()} ${request.getName()}`, optionsOf(request)));
    try {
        const values = pulumi.output(program());
        return { resources, values: await settled(values) };
    } finally {
        // Only when nothing is under way any more is everything declared.
        await pulumi.runtime.disconnect();
    }
}

/** The only resource of a type. */
export function only(resources: readonly Declared[], type: string): Declared {
    const [found, ...others] = resources.filter((each) => each.type === type);
    if (found === undefined || others.length > 0) {
        throw new Error(`not one ${type} but ${resources.map((each) => `${each.type} ${each.name}`).join(", ")}`);
    }
    return found;
}

function settled<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => {
        output.apply((value) => resolve(value as T));
    });
}

interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    hasProtect(): boolean;
    getProtect(): boolean;
    getRetainondelete(): boolean;
    getIgnorechangesList(): string[];
    getDependenciesList(): string[];
    getDeletedwith(): string;
    getAliasesList(): { getUrn(): string; getSpec(): { getName(): string } | undefined }[];
}

/** Pulumi's mocks never see a resource's options, so `look` reads them from the request itself. */
function onRegister(look: (request: RegisterRequest) => void): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as {
        registerResource(request: RegisterRequest, ...rest: unknown[]): unknown;
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
        look(request);
        return register(request, ...rest);
    };
}

function optionsOf(request: RegisterRequest): DeclaredOptions {
    const aliases = request.getAliasesList().map((alias) => alias.getSpec()?.getName() ?? alias.getUrn());
    const [dependencies, ignoreChanges] = [request.getDependenciesList(), request.getIgnorechangesList()];
    return {
        ...(request.getParent() !== "" && { parent: shortOf(request.getParent()) }),
        ...(request.hasProtect() && { protect: request.getProtect() }),
        ...(request.getRetainondelete() && { retainOnDelete: true }),
        ...(ignoreChanges.length > 0 && { ignoreChanges }),
        ...(dependencies.length > 0 && { dependencies: dependencies.map(shortOf).sort() }),
        ...(request.getDeletedwith() !== "" && { deletedWith: shortOf(request.getDeletedwith()) }),
        ...(aliases.length > 0 && { aliases }),
    };
}

/** `urn:pulumi:dev::zonekeeper::a:b:Parent$c:d:Child::name` as `c:d:Child name`. */
function shortOf(urn: string): string {
    const [, , types = "", name = ""] = urn.split("::");
    return `${types.split("$").at(-1)} ${name}`;
}
