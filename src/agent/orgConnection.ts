import { fail } from "../core/errors/errors";
import { type AgentSettings, DEFAULT } from "../core/settings/agentSettings";
import type { FindOktaOptions } from "../okta/connection";

export interface FindingOptions {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The value of a setting, or the secret that it refers to. */
    readonly secret: (text: string) => string;
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
}

/**
 * The options of findOkta for an org of a configuration. A named org has to have its credentials in the configuration:
 * those of the environment would be used for any org without credentials.
 *
 * @throws `bad-input` if `oktaUrl` could be that of several orgs
 */
export function findingOf(
    org: string,
    { orgs }: AgentSettings,
    { env, secret, oktaUrl }: FindingOptions,
): FindOktaOptions {
    if (oktaUrl !== undefined && Object.keys(orgs).length > 1) {
        fail(
            "bad-input",
            "--okta replaces the address of one org, and the configuration has several: write url into each",
        );
    }
    const settings = new Map(Object.entries(orgs[org] ?? {}));
    const url = oktaUrl ?? settings.get("url");
    const isNamed = org !== DEFAULT;
    return {
        config: (key) => {
            const text = settings.get(key);
            return text === undefined ? undefined : secret(text);
        },
        nameOf: (key) => (isNamed ? `orgs.${org}.${key}` : `okta.${key}`),
        env: isNamed ? withoutOkta(env) : env,
        isEnvTold: !isNamed,
        ...(url !== undefined && { url }),
    };
}

function withoutOkta(env: FindingOptions["env"]): FindingOptions["env"] {
    const isOfOrg = (name: string) => name.startsWith("OKTA_") && name !== "OKTA_HTTP_PROXY";
    return Object.fromEntries(Object.entries(env).filter(([name]) => !isOfOrg(name)));
}
