import type { Properties } from "../values/values";
import type { OktaApi } from "./api";
import { at, text } from "./resource";

/** `okta:index/getOrgMetadata:getOrgMetadata`: what the org that answers says of itself. */
export async function getOrgMetadata({ http, signal }: OktaApi): Promise<Properties> {
    const { body } = await http.request("GET", "/.well-known/okta-organization", { signal, anonymous: true });
    const org = (body ?? {}) as Properties;
    return { id: text(at(org, "id")), pipeline: text(at(org, "pipeline")) };
}
