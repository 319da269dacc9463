import { fail } from "../../src/core/errors/errors";
import { byId } from "../state/byId";
import { type Document, documentOf, without } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { App, Org, OrgAbout } from "../state/org";
import { appFrom } from "./body";

/** The apps that every organisation on Identity Engine has; each is on the policy of its name. */
const DEFAULTS = [
    { name: "saasure", label: "Okta Admin Console", signOnMode: "OPENID_CONNECT" },
    { name: "okta_enduser", label: "Okta Dashboard", signOnMode: "OPENID_CONNECT" },
    { name: "okta_browser_plugin", label: "Okta Browser Plugin", signOnMode: "OPENID_CONNECT" },
];

/** The apps that every organisation has, but for those that the seed has too, and those of the seed. */
export function freshApps(nursery: Nursery, about: OrgAbout, policies: Org["policies"]): Map<string, App> {
    const seeds = [...nursery.seed.apps, ...restrictedClients(nursery)];
    const isSeeded = (app: Document) => seeds.some((seed) => seed.name === app.name || seed.label === app.label);
    const wanted = about.pipeline === "v1" ? [] : DEFAULTS.filter((app) => !isSeeded(app));
    const apps = [...wanted, ...seeds].map((seed) => appFromSeed(seed, nursery, about, policies));
    return byId(
        "apps",
        apps.map((app) => [app.document.id, app]),
    );
}

/** At Okta every client is an app, whose settings say from where it may be used. A client without that need not be looked at. */
function restrictedClients({ seed: { apps, oauthClients } }: Nursery): Document[] {
    const unlisted = oauthClients.filter(({ clientId, network }) => {
        return network !== undefined && apps.every(({ id }) => id !== clientId);
    });
    return unlisted.map(({ clientId, network }) => ({
        id: clientId,
        name: "oidc_client",
        label: clientId,
        signOnMode: "OPENID_CONNECT",
        settings: { oauthClient: { application_type: "service", grant_types: ["client_credentials"], network } },
    }));
}

/** What a seed says is taken as it is. Its policy is `policyId`, or what its links name, or the one of its label. */
function appFromSeed(seed: Document, { ids, now }: Nursery, about: OrgAbout, policies: Org["policies"]): App {
    const links = documentOf(seed._links);
    const href = String(documentOf(links.accessPolicy).href ?? "");
    const named = seed.policyId ?? (href.slice(href.lastIndexOf("/") + 1) || undefined);
    const policyId = about.pipeline === "v1" ? undefined : String(named ?? policyFor(String(seed.label), policies));
    if (policyId !== undefined && !policies.has(policyId)) {
        fail(
            "bad-input",
            `the emulator's seed puts the app ${seed.label} on the policy ${policyId}, which it does not have`,
        );
    }
    const { id, label, status, ...made } = appFrom(seed, { ids, now, about: { ...about, hasUniversalLogout: false } });
    const document = { id, label, status, ...made, ...without(seed, "policyId", "_links") };
    return { document, policyId, links: without(links, "accessPolicy") };
}

function policyFor(label: string, policies: Org["policies"]): string {
    const access = [...policies.values()].filter(({ type }) => type === "ACCESS_POLICY");
    return (access.find(({ name }) => name === label) ?? access.find(({ system }) => system))?.id ?? "";
}
