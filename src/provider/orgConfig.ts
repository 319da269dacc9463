import type { dynamic } from "@pulumi/pulumi";

/**
 * Settings of an `okta.Provider` that the program declares, by the key that they have there; the input `okta` of a
 * resource.
 */
export type OrgSettings = Readonly<Record<string, string>>;

/** The scopes of an OAuth app. A declared provider does not show the scopes that it was given. */
const SCOPES = '["okta.networkZones.manage","okta.policies.read","okta.apps.read"]';

/** The settings as a stack's configuration. Missing ones come from the environment, as in Okta's provider. */
export function orgConfig(okta: OrgSettings): dynamic.Config {
    const isOauth = okta.privateKey !== undefined && process.env.OKTA_API_SCOPES === undefined;
    const get = (key: string) => {
        const name = key.replace(/^okta:/, "");
        return okta[name] ?? (isOauth && name === "scopes" ? SCOPES : undefined);
    };
    return { get, require: (key: string) => get(key) ?? "" } as dynamic.Config;
}
