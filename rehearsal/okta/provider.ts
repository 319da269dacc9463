import { fail } from "../../src/core/errors/errors";
import type { Provider } from "../provider";
import { accessPolicyAssignment } from "./accessPolicyAssignment";
import { type OktaApi, type OktaOptions, openOkta } from "./api";
import { appSignonPolicy } from "./appSignonPolicy";
import { appSignonPolicyRule } from "./appSignonPolicyRule";
import { getOrgMetadata } from "./getOrgMetadata";
import { getPolicy } from "./getPolicy";
import type { OktaResource } from "./resource";
import { ruleSignon } from "./ruleSignon";
import { checked, difference, inputsAfterRead, planned, withoutOwn } from "./schema";
import { signon } from "./signon";
import { zone } from "./zone";

const RESOURCES: Readonly<Record<string, OktaResource>> = {
    "okta:network/zone:Zone": zone,
    "okta:index/appSignonPolicy:AppSignonPolicy": appSignonPolicy,
    "okta:index/appSignonPolicyRule:AppSignonPolicyRule": appSignonPolicyRule,
    "okta:app/accessPolicyAssignment:AccessPolicyAssignment": accessPolicyAssignment,
    "okta:policy/signon:Signon": signon,
    "okta:policy/ruleSignon:RuleSignon": ruleSignon,
};

/**
 * Stands in for Pulumi's Okta provider: it sends Okta the same requests, for the
 * resource types above, `getPolicy` and `getOrgMetadata`. One instance is one configured provider.
 */
export function oktaProvider(options: OktaOptions): Provider {
    let opened: Promise<OktaApi> | undefined;
    let engine: Promise<void> | undefined;

    function open(): Promise<OktaApi> {
        opened ??= openOkta(options);
        return opened;
    }

    /** As the provider does, opens Okta also where a preview then asks nothing. */
    async function start(type: string): Promise<OktaResource> {
        const resource = resourceOf(type);
        await open();
        return resource;
    }

    async function ask<T>(resource: OktaResource, request: (okta: OktaApi) => Promise<T>): Promise<T> {
        const okta = await open();
        if (resource.needsIdentityEngine) {
            engine ??= requireIdentityEngine(okta);
            await engine;
        }
        return request(okta);
    }

    return {
        check: async (subject, olds, news) => checked((await start(subject.type)).fields, subject, olds, news),
        diff: async ({ type }, { outputs }, news) => difference(resourceOf(type).fields, outputs, news),
        create({ type }, inputs) {
            const resource = resourceOf(type);
            return ask(resource, (okta) => resource.create(okta, withoutOwn(inputs)));
        },
        read({ type }, id, outputs, inputs) {
            const resource = resourceOf(type);
            return ask(resource, async (okta) => {
                const found = await resource.read(okta, id, outputs);
                return found && { id, outputs: found, inputs: inputsAfterRead(resource.fields, inputs, found) };
            });
        },
        update({ type }, { id, outputs }, news) {
            const resource = resourceOf(type);
            const plan = planned(resource.fields, outputs, news);
            return ask(resource, (okta) => resource.update(okta, id, plan, outputs));
        },
        async delete({ type }, id, outputs) {
            await resourceOf(type).delete(await open(), id, outputs);
        },
        planned: ({ type }, { outputs }, news) => planned(resourceOf(type).fields, outputs, news),
        async invoke(token, args) {
            if (token === "okta:policy/getPolicy:getPolicy") return getPolicy(await open(), args);
            if (token === "okta:index/getOrgMetadata:getOrgMetadata") return getOrgMetadata(await open());
            return fail("bad-input", `the rehearsal has no function ${token}; only a Pulumi CLI can run this program`);
        },
    };
}

function resourceOf(type: string): OktaResource {
    const resource = RESOURCES[type];
    if (resource !== undefined) return resource;
    return fail("bad-input", `the rehearsal has no resource type ${type}; only a Pulumi CLI can deploy it`);
}

/** @throws `okta-refused` for an org on the Classic Engine, which has no such resources */
async function requireIdentityEngine(okta: OktaApi): Promise<void> {
    const { body } = await okta.http.request("GET", "/.well-known/okta-organization", {
        signal: okta.signal,
        anonymous: true,
    });
    const { pipeline } = (body ?? {}) as { pipeline?: unknown };
    if (pipeline !== "idx")
        fail("okta-refused", `${okta.http.orgUrl} is on the Classic Engine, which has no such policies`);
}
