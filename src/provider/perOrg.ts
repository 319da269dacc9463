import type { dynamic } from "@pulumi/pulumi";

import { isUnknown, sameState } from "./state";

/**
 * Settings of an `okta.Provider` that the program declares, by the key that they have there; the input `okta` of a
 * resource.
 */
type OrgSettings = Readonly<Record<string, string>>;

type AnyProvider = Required<dynamic.ResourceProvider>;

/** Any inputs or outputs of a resource, also of one that has no org of its own. */
type Props = Readonly<Record<string, unknown>> & { readonly okta?: OrgSettings };

/** The scopes of an OAuth app. A declared provider does not show the scopes that it was given. */
const SCOPES = '["okta.networkZones.manage","okta.policies.read","okta.apps.read"]';

/**
 * A provider for resources of several orgs, with one provider for each, including the org of the stack's configuration. The
 * org is in the inputs and in the state of a resource, as a deletion runs no program.
 *
 * @param make Makes the provider of one org, which is independent of the others.
 */
export function perOrg<Made extends Pick<AnyProvider, keyof AnyProvider>>(make: () => Made): AnyProvider {
    const made = new Map<string, Promise<AnyProvider>>();
    let stack: dynamic.Config | undefined;

    function of({ okta }: Props): Promise<AnyProvider> {
        const key = JSON.stringify(okta ?? null);
        const known = made.get(key) ?? open(okta);
        made.set(key, known);
        return known;
    }

    async function open(okta: OrgSettings | undefined): Promise<AnyProvider> {
        const provider = make() as unknown as AnyProvider;
        const config = okta === undefined ? stack : configOf(okta);
        if (config !== undefined) await provider.configure({ config });
        return provider;
    }

    return {
        async configure({ config }) {
            stack = config;
            made.clear();
        },
        async check(olds, news) {
            if (hasUnknown(news)) return { inputs: news };
            const { inputs, failures } = await (await of(news)).check(bare(olds), bare(news));
            return { ...(inputs && { inputs: { ...inputs, ...orgIn(news) } }), ...(failures && { failures }) };
        },
        async diff(id, olds, news) {
            if (hasUnknown(news) || !sameState(orgIn(olds), orgIn(news))) return { changes: true };
            return (await of(news)).diff(id, bare(olds), bare(news));
        },
        async create(inputs) {
            const { id, outs } = await partly(inputs, (await of(inputs)).create(bare(inputs)));
            return { id, outs: { ...outs, ...orgIn(inputs) } };
        },
        async read(id, props) {
            const found = await (await of(props ?? {})).read(id, props && bare(props));
            const org = orgIn(props ?? {});
            return {
                ...found,
                ...(found.props && { props: { ...found.props, ...org } }),
                ...(found.inputs && { inputs: { ...found.inputs, ...org } }),
            };
        },
        async update(id, olds, news) {
            const { outs } = await partly(news, (await of(news)).update(id, bare(olds), bare(news)));
            return { outs: { ...outs, ...orgIn(news) } };
        },
        async delete(id, props) {
            await (await of(props)).delete(id, bare(props));
        },
    };
}

function bare({ okta: _, ...rest }: Props): Record<string, unknown> {
    return rest;
}

function orgIn({ okta }: Props): Props {
    return okta === undefined ? {} : { okta };
}

/** Whether the provider is declared with values that a preview does not know yet. */
function hasUnknown({ okta }: Props): boolean {
    return okta !== undefined && (isUnknown(okta) || Object.values(okta).some(isUnknown));
}

/** Adds the org to the properties of a partly created resource, which Pulumi keeps in the state. */
async function partly<T>(props: Props, work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
        const { properties } = (error ?? {}) as { readonly properties?: object };
        if (properties !== undefined)
            Object.assign(error as object, { properties: { ...properties, ...orgIn(props) } });
        throw error;
    });
}

/** The settings as a stack's configuration. Missing ones come from the environment, as in Okta's provider. */
function configOf(okta: OrgSettings): dynamic.Config {
    const isOauth = okta.privateKey !== undefined && process.env.OKTA_API_SCOPES === undefined;
    const get = (key: string) => {
        const name = key.replace(/^okta:/, "");
        return okta[name] ?? (isOauth && name === "scopes" ? SCOPES : undefined);
    };
    return { get, require: (key: string) => get(key) ?? "" } as dynamic.Config;
}
