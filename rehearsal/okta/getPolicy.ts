import { fail } from "../../src/core/errors/errors";
import { readPages } from "../../src/okta/pages";
import type { Properties, Value } from "../values/values";
import type { OktaApi } from "./api";
import { at, text } from "./resource";

/**
 * `okta:policy/getPolicy:getPolicy`: the policy of a type with exactly this name.
 *
 * @throws `bad-input` where there is none
 */
export async function getPolicy(okta: OktaApi, { name = "", type = "" }: Properties): Promise<Properties> {
    const path = `/api/v1/policies?type=${encodeURIComponent(text(type))}`;
    const policies = (await readPages(okta.http, path, okta.signal)) as readonly Value[];
    const found = policies.find((policy) => at(policy, "name") === name);
    if (found === undefined) return fail("bad-input", `Okta has no policy "${text(name)}" of type ${text(type)}`);
    const id = text(at(found, "id"));
    return { id, name, type, status: text(at(found, "status")) };
}
