import { fail } from "../../src/core/errors/errors";
import { oktaProvider } from "../okta/provider";
import type { Provider } from "../provider";
import { type Properties, unmarked } from "../values/values";

/** The providers of one operation, each started at its first use. */
export interface Providers {
    /**
     * Who is in charge of a resource type or a function.
     *
     * @param explicit URN of a provider that the program declares; empty for the default one
     * @throws `bad-input` for a package that a rehearsal does not know
     */
    of(token: string, explicit: string): Promise<Provider>;
    /** Starts the process for dynamic resources before its first use, while the program is being loaded. */
    warm(): void;
    /** Makes known a provider that the program declares, with its own configuration. */
    declare(urn: string, inputs: Properties): void;
    stop(): Promise<void>;
}

export interface ProvidersOptions {
    /** The stack's configuration, such as `okta:orgName`. */
    readonly config: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal;
    readonly onWait: (text: string) => void;
    readonly startDynamic: () => Promise<Provider & { stop(): Promise<void> }>;
}

export const PROVIDER_TYPE = "pulumi:providers:";

export const DYNAMIC = "pulumi-nodejs:dynamic";

export function providers(options: ProvidersOptions): Providers {
    const { env, signal, onWait } = options;
    const okta = (config: (key: string) => string | undefined) => oktaProvider({ config, env, signal, onWait });
    const byDefault = okta((key) => options.config[`okta:${key}`]);
    const explicit = new Map<string, Provider>();
    let dynamic: ReturnType<ProvidersOptions["startDynamic"]> | undefined;

    function start() {
        dynamic ??= options.startDynamic();
        return dynamic;
    }

    return {
        async of(token, urn) {
            if (token.startsWith(DYNAMIC)) return start();
            if (!token.startsWith("okta:")) {
                return fail("bad-input", `the rehearsal has no provider for ${token}; only a Pulumi CLI can deploy it`);
            }
            return urn === "" ? byDefault : (explicit.get(urn) ?? fail("bad-input", `there is no provider ${urn}`));
        },
        warm() {
            // The first use reports a failure.
            start().catch(() => {});
        },
        declare(urn, inputs) {
            const config = unmarked(inputs);
            explicit.set(
                urn,
                okta((key) => textOf(config[key])),
            );
        },
        async stop() {
            const process = await dynamic?.catch(() => undefined);
            await process?.stop();
        },
    };
}

/** Lists and objects reach a provider's configuration as JSON. */
function textOf(value: Properties[string] | undefined): string | undefined {
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}
