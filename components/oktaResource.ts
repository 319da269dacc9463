import type * as pulumi from "@pulumi/pulumi";

import type { ProviderName } from "../src/provider/lazyProvider.cjs";
import { orgIdAround } from "./beforehand";
import { DynamicResource } from "./dynamicResource";
import { givenOrg, ofOkta } from "./givenProvider";
import { settingsOf } from "./orgSettings";

/**
 * A dynamic resource that uses Okta, with the org of the `okta.Provider` that it or its parent was given; without one, that
 * of the stack's configuration. Pulumi passes an `okta.Provider` only to Okta's own resources, and a zone and its gateways
 * must not belong to two orgs.
 *
 * The state keeps the id of the org that the checks before the deployment found, so that a later run with settings of
 * another org is refused.
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
        const org = givenOrg(ofOkta(opts));
        const orgId = orgIdAround(opts);
        const inputs = { ...props, ...(org && { okta: settingsOf(org) }), ...(orgId && { orgId }) };
        const { provider, ...rest } = opts;
        const others = provider !== undefined && provider === org ? rest : opts;
        const secret = [...(others.additionalSecretOutputs ?? []), "okta"];
        super(what, type, name, inputs, org === undefined ? others : { ...others, additionalSecretOutputs: secret });
    }
}
