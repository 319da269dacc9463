import { fail } from "../../src/core/errors/errors";
import type { Properties, Value } from "../values/values";
import type { OktaApi, Wire } from "./api";
import { at, filled, type OktaResource, present, text } from "./resource";

const addresses = { kind: "texts", set: true, spelling: short } as const;

/** Zones whose status and existence are Okta's own affair. */
const SYSTEM_ZONES = ["DefaultExemptIpZone", "BlockedIpZone"];

/**
 * `okta:network/zone:Zone`, for zones of type IP.
 *
 * An update is a PUT of the whole zone from what is planned, and so writes the
 * gateways that the state records where the program ignores them.
 */
export const zone: OktaResource = {
    fields: {
        type: { kind: "text", required: true, oneOf: ["IP"] },
        name: { kind: "text" },
        status: { kind: "text", default: "ACTIVE", oneOf: ["ACTIVE", "INACTIVE"] },
        usage: { kind: "text", default: "POLICY", oneOf: ["POLICY", "BLOCKLIST"] },
        gateways: addresses,
        proxies: addresses,
        setUsageAsExemptList: { kind: "flag" },
    },
    needsIdentityEngine: false,

    async create(okta, inputs) {
        if (SYSTEM_ZONES.includes(text(inputs.name)))
            fail("bad-input", `${text(inputs.name)} exists and is Okta's own`);
        const made = await okta.send("POST", "/api/v1/zones", bodyOf(inputs));
        const settled = await setStatus(okta, text(made.id), inputs);
        return { id: text(made.id), outputs: outputsOf(settled, inputs) };
    },

    async read(okta, id, outputs) {
        const found = await okta.unlessGone("GET", pathOf(id));
        return found && outputsOf(found, outputs);
    },

    async update(okta, id, planned) {
        const written = await okta.send("PUT", pathOf(id), bodyOf(planned));
        if (SYSTEM_ZONES.includes(text(planned.name))) return outputsOf(written, planned);
        return outputsOf(await setStatus(okta, id, planned), planned);
    },

    async delete(okta, id, { system }) {
        if (system === true) return;
        await okta.unlessGone("POST", `${pathOf(id)}/lifecycle/deactivate`);
        await okta.unlessGone("DELETE", pathOf(id));
    },
};

function pathOf(id: string): string {
    return `/api/v1/zones/${encodeURIComponent(id)}`;
}

function setStatus(okta: OktaApi, id: string, { status }: Properties): Promise<Wire> {
    const verb = status === "INACTIVE" ? "deactivate" : "activate";
    return okta.send("POST", `${pathOf(id)}/lifecycle/${verb}`);
}

/** @throws `bad-input` for proxies of a blocklist, which the provider refuses itself */
function bodyOf(zone: Properties): Wire {
    const proxies = filled(zone.proxies);
    if (zone.usage === "BLOCKLIST" && proxies !== undefined) {
        fail("bad-input", `zone ${text(zone.name)}: a zone with usage BLOCKLIST has no proxies`);
    }
    return present({
        gateways: filled(zone.gateways)?.toSorted().map(toWire),
        name: zone.name,
        proxies: proxies?.toSorted().map(toWire),
        status: zone.status,
        system: zone.name === "BlockedIpZone" ? true : undefined,
        type: zone.type,
        usage: zone.usage,
        useAsExemptList: zone.setUsageAsExemptList,
    });
}

function toWire(value: Value): Wire {
    return { type: text(value).includes("/") ? "CIDR" : "RANGE", value };
}

function outputsOf(wire: Wire, { setUsageAsExemptList }: Properties): Properties {
    return present({
        gateways: shortList(wire.gateways),
        name: wire.name,
        proxies: shortList(wire.proxies),
        setUsageAsExemptList,
        status: wire.status,
        system: wire.system ?? false,
        type: wire.type,
        usage: wire.usage,
    });
}

function shortList(list: Value | undefined): string[] | undefined {
    return filled(list)
        ?.map((item) => short(text(at(item, "value"))))
        .sort();
}

/** Okta spells a single address `a-a`; the provider's state, `a`. */
function short(range: string): string {
    const [first, last] = range.split("-");
    return first !== undefined && first === last ? first : range;
}
