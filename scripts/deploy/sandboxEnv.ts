import type { DeployerOptions } from "./deployer";

type Env = DeployerOptions["env"];

/**
 * An environment for an emulated Okta: a credential of the machine's owner, left
 * in an `OKTA_*` variable, neither gets there nor counts. Empty is as good as not set.
 */
export function sandboxEnv(env: Env, apiToken: string): Env {
    const own = Object.keys(env).filter((name) => name.startsWith("OKTA_"));
    return { ...env, ...Object.fromEntries(own.map((name) => [name, ""])), OKTA_API_TOKEN: apiToken };
}
