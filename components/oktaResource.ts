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
    const values = pulumi.all(KEYS.map((key) => org[key]));
    const settings = values.apply((texts) =>
        Object.fromEntries(KEYS.flatMap((key, index) => (texts[index] ? [[key, texts[index]]] : []))),
    );
    return pulumi.secret(settings);
}
