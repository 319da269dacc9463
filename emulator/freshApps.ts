import { fail } from "../src/core/errors";
import { appFrom } from "./appBody";
import { byId } from "./byId";
import { type Document, documentOf, without } from "./document";
import type { Nursery } from "./freshOrg";
import type { App, Policy } from "./org";

/** The apps that every organisation on Identity Engine has; each is on the policy of its name. */
const DEFAULTS = [
    { name: "saasure", label: "Okta Admin Console", signOnMode: "OPENID_CONNECT" },
    { name: "okta_enduser", label: "Okta Dashboard", signOnMode: "OPENID_CONNECT" },
    { name: "okta_browser_plugin", label: "Okta Browser Plugin", signOnMode: "OPENID_CONNECT" },
];

/** The apps that every organisation has, but for those that the seed has too, and those of the seed. */
export function freshApps(nursery: Nursery, policies: ReadonlyMap<string, Policy>): Map<string, App> {
    const { apps: seeds, org } = nursery.seed;
    const wanted = DEFAULTS.filter(({ name }) => org.pipeline !== "v1" && !seeds.some((seed) => seed.name === name));
    const apps = [...wanted, ...seeds].map((seed: Document): App => {
        const links = documentOf(seed._links);
        const href = String(documentOf(links.accessPolicy).href ?? "");
        const named = seed.policyId ?? (href.slice(href.lastIndexOf("/") + 1) || undefined);
        const policyId = named ?? policyFor(String(seed.label), policies);
        if (typeof policyId !== "string" || (named !== undefined && !policies.has(policyId))) {
            return fail(
                "bad-input",
                `the emulator's seed puts the app ${seed.label} on the policy ${named}, which it does not have`,
            );
        }
        const made = appFrom(seed, {
            ids: nursery.ids,
            now: nursery.now,
            subdomain: org.subdomain ?? "emulator",
            hasUniversalLogout: false,
        });
        const document = { ...made, ...without(seed, "policyId", "_links") };
        return {
            document: { ...document, id: made.id, label: made.label, status: made.status },
            policyId,
            links: without(links, "accessPolicy"),
        };
    });
    return byId(
        "apps",
        apps.map((app) => [app.document.id, app]),
    );
}

function policyFor(label: string, policies: ReadonlyMap<string, Policy>): string {
    const access = [...policies.values()].filter(({ type }) => type === "ACCESS_POLICY");
    return (access.find(({ name }) => name === label) ?? access.find(({ system }) => system))?.id ?? "";
}
