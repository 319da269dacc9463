import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import type { ProviderName } from "../src/provider/lazyProvider.cjs";
import { DynamicResource } from "./dynamicResource";
import { ofOkta } from "./givenProvider";

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

/**
 * A dynamic resource that uses Okta, with the org of the `okta.Provider` that it or its parent was given; without one, that
 * of the stack's configuration. Pulumi passes an `okta.Provider` only to Okta's own resources, and a zone and its gateways
 * must not belong to two orgs.
 */
export abstract class OktaResource extends DynamicResource {
    /** @param type The last part of the type token: `pulumi-nodejs:dynamic/zonekeeper:ZoneSettings`. */
    constructor(
        what: ProviderName,
        type: string,
        name: string,
        props: pulumi.Inputs,
        opts: pulumi.CustomResourceOptions = {},
    ) {
        const { provider: given, ...rest } = ofOkta(opts);
        const own = okta.Provider.isInstance(given) ? given : undefined;
        const org = own ?? opts.parent?.getProvider("okta:network/zone:Zone");
        const others = own === undefined ? opts : rest;
        if (!okta.Provider.isInstance(org)) super(what, type, name, props, others);
        else {
            const connection = { ...props, okta: settingsOf(org) };
            const secret = [...(others.additionalSecretOutputs ?? []), "okta"];
            const options = { ...others, additionalSecretOutputs: secret };
            super(what, type, name, connection, options);
        }
    }
}

/** Kept in the state as a secret, as Pulumi keeps the provider's own settings. */
function settingsOf(org: okta.Provider): pulumi.Output<Record<string, string>> {
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
    const found = pulumi.runtime.invokeOutput<{ readonly state: Readonly<Record<string, string>> }>(
        "pulumi:pulumi:getResource",
        { urn: org.urn },
    );
    return found.apply(({ state }) => KEYS.map((key) => [key, state[key]] as const));
}
