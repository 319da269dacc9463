import type * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

/** The settings that an `okta.Provider` exposes; its scopes are not among them. */
const KEYS = [
    "orgName",
    "baseUrl",
    "httpProxy",
    "accessToken",
    "apiToken",
    "clientId",
    "privateKey",
    "privateKeyId",
] as const;

/** The settings of a provider, by key, for the inputs of a resource. Kept in the state as a secret, as Pulumi keeps the provider's own. */
export function settingsOf(org: okta.Provider): pulumi.Output<Record<string, string>> {
    const all = pulumi.runtime.isDryRun() ? registered(org) : pulumi.all(KEYS.map((key) => [key, org[key]] as const));
    const settings = all.apply((pairs) =>
        Object.fromEntries(pairs.flatMap(([key, text]) => (text ? [[key, text] as const] : []))),
    );
    return pulumi.secret(settings);
}

/**
 * The settings as the engine has them. In a preview, the outputs of a provider are unknown where a setting is absent, and so
 * would be the org of every resource: its preview would be that of a change. Pulumi's SDK asks the same of a resource that
 * it is handed by reference.
 */
function registered(org: okta.Provider): pulumi.Output<(readonly [string, string | undefined])[]> {
    const found = pulumi.runtime.invokeOutput<Registered>(GET_RESOURCE, { urn: org.urn });
    return found.apply(({ state }) => KEYS.map((key) => [key, state[key]] as const));
}

/** The settings by key; undefined where a preview does not know one of them. */
export type KnownSettings = Readonly<Record<string, string>> | undefined;

/** The settings of a provider once it is registered. */
export async function registeredSettings(org: okta.Provider): Promise<KnownSettings> {
    const { state } = (await pulumi.runtime.invoke(GET_RESOURCE, { urn: org.urn })) as Registered;
    return settingsIn(state);
}

/** The settings in the properties of a provider. */
export function settingsIn(props: Readonly<Record<string, unknown>>): KnownSettings {
    const pairs = KEYS.map((key) => [key, props[key]] as const).filter(([, value]) => value);
    // An unknown value is an object of the SDK.
    const isKnown = pairs.every(([, value]) => typeof value === "string");
    return isKnown ? (Object.fromEntries(pairs) as Record<string, string>) : undefined;
}

const GET_RESOURCE = "pulumi:pulumi:getResource";

interface Registered {
    readonly state: Readonly<Record<string, string>>;
}
