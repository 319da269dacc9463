import * as okta from "@pulumi/okta";
import type * as pulumi from "@pulumi/pulumi";

import { refuse } from "./refuse";

type Options = pulumi.ComponentResourceOptions | pulumi.CustomResourceOptions | undefined;

/**
 * The options of a component, if a `provider` in them is Okta's. Pulumi ignores one of another package, so the component would
 * belong to the org of the stack's configuration, which is not the one that the program names.
 */
export function ofOkta<T extends Options>(opts: T): T {
    const given = opts?.provider;
    if (given === undefined || okta.Provider.isInstance(given)) return opts;
    const { __pulumiType: type } = given as { readonly __pulumiType?: string };
    const named = typeof type === "string" ? `is of the package ${type.split(":").at(-1)}` : "is not one of a package";
    return refuse(`the option provider ${named}: a zone needs an okta.Provider, or none for the org of the stack`);
}

/** The provider that names the org of a resource or component: its own, or one that a component around it was given. */
export function givenOrg(opts: pulumi.ComponentResourceOptions | undefined): okta.Provider | undefined {
    const given = [opts?.provider, ...Object.values(opts?.providers ?? {})].find((each) =>
        okta.Provider.isInstance(each),
    );
    const inherited = given ?? opts?.parent?.getProvider("okta:network/zone:Zone");
    return okta.Provider.isInstance(inherited) ? inherited : undefined;
}
