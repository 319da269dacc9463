import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import type { Document } from "../state/document";
import type { World } from "../state/world";

/** The properties of a user that an identity provider of SAML fills. Source: the Okta provider's recording IdpSaml_crud. */
const PROPERTIES = {
    firstName: "firstName",
    lastName: "lastName",
    email: "email",
    mobilePhone: "mobilePhone",
    login: "userName",
};

/** How the profiles of identity providers become those of users, one for each user type; to read only. */
export function profileMappingRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/mappings";
    app.get(all, (request, reply) => {
        const query = queryOf(request);
        const found = mappingsOf(world).filter(({ source, target }) => {
            const { sourceId = source.id, targetId = target.id } = query;
            return source.id === sourceId && target.id === targetId;
        });
        const { items, links } = pageOf(found, query, `${world.url}${all}`, { usual: 20, most: 200 });
        return sendPage(reply, { items: items.map((mapping) => withLinks(mapping, `${world.url}${all}`)), links });
    });
    app.get(`${all}/:id`, async (request) => {
        const { id } = paramsOf(request);
        const mapping = mappingsOf(world).find((each) => each.id === id) ?? missing(id, "Mapping");
        const properties = Object.entries(PROPERTIES).map(([property, from]) => {
            return [property, { expression: `source.${from}`, pushStatus: "DONT_PUSH" }];
        });
        return withLinks({ ...mapping, properties: Object.fromEntries(properties) }, `${world.url}${all}`);
    });
}

function mappingsOf({ org }: World) {
    return [...org.identityProviders.values()].flatMap((idp) =>
        [...org.userTypes.values()].map((type) => ({
            id: `prm${String(idp.id).slice(3, 11)}${String(type.id).slice(-9)}`,
            source: { id: String(idp.id), name: idp.type === "SAML2" ? "saml_idp" : "oidc_idp", type: "appuser" },
            target: { id: String(type.id), name: String(type.name), type: "user" },
        })),
    );
}

function withLinks(mapping: Document, all: string): Document {
    return { ...mapping, _links: { self: { href: `${all}/${mapping.id}` } } };
}
