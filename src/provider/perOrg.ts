import type { dynamic } from "@pulumi/pulumi";

import { checkSameOrg } from "./madeIn";
import { type OrgSettings, orgConfig } from "./orgConfig";
import { checkedInputs, DEADLINE_MS, inOneLine } from "./outcome";
import { isUnknown, sameState } from "./state";
import { connect } from "./world";

type AnyProvider = Required<dynamic.ResourceProvider>;

/** Any inputs or outputs of a resource, also of one that has no org of its own. */
type Props = Readonly<Record<string, unknown>> & Org;

type ReadOrg = (config: dynamic.Config) => Promise<{ readonly id: string }>;

interface Org {
    readonly okta?: OrgSettings;
    /** Okta's id of the org in which the resource was made. A state without one is not checked. */
    readonly orgId?: string;
}

/**
 * A provider for resources of several orgs, with one provider for each, including the org of the stack's configuration. The
 * org is in the inputs and in the state of a resource, as a deletion runs no program.
 *
 * The state also has the id of the org. In another org, reached by changed settings, everything would look deleted: a
 * change, a deletion and the finding that something is gone are refused there.
 *
 * @param make Makes the provider of one org, which is independent of the others.
 * @param readOrg Reads the org that answers.
 */
export function perOrg<Made extends Pick<AnyProvider, keyof AnyProvider>>(
    make: () => Made,
    readOrg: ReadOrg = orgThatAnswers,
): AnyProvider {
    const { of, configure, requireSameOrg } = providersOf(make, readOrg);
    return {
        configure,
        async check(olds, news) {
            if (hasUnknown(news)) return { inputs: news };
            const org = { ...(olds.orgId !== undefined && { orgId: olds.orgId }), ...orgIn(news) };
            const moved = await checkedInputs(async () => checkSameOrg(org.orgId ?? "", olds.orgId));
            if ("failures" in moved) return moved;
            const { inputs, failures } = await (await of(news)).check(bare(olds), bare(news));
            return { ...(inputs && { inputs: { ...inputs, ...org } }), ...(failures && { failures }) };
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
            if (!found.id) await requireSameOrg(props ?? {});
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
            await requireSameOrg(props);
            await (await of(props)).delete(id, bare(props));
        },
    };
}

/** The providers that were made, one for each org. */
function providersOf(make: () => object, readOrg: ReadOrg) {
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
        const config = configOf(okta);
        if (config !== undefined) await provider.configure({ config });
        return provider;
    }

    function configOf(okta: OrgSettings | undefined): dynamic.Config | undefined {
        return okta === undefined ? stack : orgConfig(okta);
    }

    async function requireSameOrg({ okta, orgId }: Props): Promise<void> {
        const config = configOf(okta);
        if (orgId === undefined || config === undefined) return;
        await inOneLine(async () => checkSameOrg((await readOrg(config)).id, orgId));
    }

    return {
        of,
        requireSameOrg,
        async configure({ config }: dynamic.ConfigureRequest) {
            stack = config;
            made.clear();
        },
    };
}

function bare({ okta: _, orgId: __, ...rest }: Props): Record<string, unknown> {
    return rest;
}

function orgIn({ okta, orgId }: Props): Org {
    return { ...(okta !== undefined && { okta }), ...(orgId !== undefined && { orgId }) };
}

function orgThatAnswers(config: dynamic.Config): Promise<{ readonly id: string }> {
    return connect(config).readOrg(AbortSignal.timeout(DEADLINE_MS));
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
