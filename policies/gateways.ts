import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import type { Finding } from "../src/core/judging/judge";
import { judgeGateways, WIDEST_GATEWAY } from "../src/core/judging/judgeGateways";
import { entriesIn } from "./entries";
import { textOf, textsOf } from "./reading";
import { reportAll } from "./report";
import { ignoresGateways, isIpZone, isKept } from "./stackFacts";
import { MEMBERSHIP, SYSTEM_ZONE, ZONE, ZONE_SETTINGS } from "./types";

interface GatewaysConfig {
    readonly widestPrefix?: number;
}

const configSchema: PolicyConfigSchema = {
    properties: {
        widestPrefix: {
            type: "integer",
            minimum: 1,
            maximum: 32,
            description: "The shortest prefix of one entry: 16 is 65536 addresses.",
            default: WIDEST_GATEWAY,
        },
    },
};

/**
 * No gateway or trusted proxy may hold half of the internet. The membership shows
 * what its zones are about to hold, so a grant is judged at the preview, before
 * anybody gets in by it.
 */
export const gatewayTooWide: ResourceValidationPolicy = {
    name: "gateway-too-wide",
    description: "A gateway or a trusted proxy, static or granted, can be read and is not too wide.",
    enforcementLevel: "mandatory",
    configSchema,
    validateResource({ type, name, props, opts, getConfig }, report) {
        if (![ZONE, MEMBERSHIP, ZONE_SETTINGS, SYSTEM_ZONE].includes(type)) return;
        // What a zone that ignores its gateways shows is judged by the next policy, which sees who keeps it;
        // its settings have the proxies that it will have.
        const shown = (key: string) => (type === ZONE && opts.ignoreChanges.includes(key) ? [] : textsOf(props, key));
        const gateways = type === MEMBERSHIP ? entriesIn(props).map(({ range }) => range) : shown("gateways");
        const lists = { subject: name, props, gateways, proxies: shown("proxies") };
        reportAll(found(lists, getConfig<GatewaysConfig>()), report);
    },
};

/**
 * A zone whose gateways an agent or a person keeps shows the live ones. One that a
 * membership of the same stack keeps is left out: its present gateways would hold
 * up the very run that puts them right.
 */
export const liveGatewayTooWide: StackValidationPolicy = {
    name: "live-gateway-too-wide",
    description: "A live gateway that the program does not keep can be read and is not too wide.",
    enforcementLevel: "mandatory",
    configSchema,
    validateStack({ resources, getConfig }, report) {
        for (const zone of resources.filter((each) => isIpZone(each) && ignoresGateways(each))) {
            if (isKept(zone, resources)) continue;
            const { name: subject, props, urn } = zone;
            const gateways = textsOf(props, "gateways");
            reportAll(found({ subject, props, gateways }, getConfig<GatewaysConfig>()), report, urn);
        }
    },
};

interface Lists {
    readonly subject: string;
    readonly props: object;
    readonly gateways?: readonly string[] | undefined;
    readonly proxies?: readonly string[] | undefined;
}

function found({ subject, props, gateways = [], proxies = [] }: Lists, config: GatewaysConfig): Finding[] {
    const { widestPrefix = WIDEST_GATEWAY } = config;
    const isBlocklist =
        textOf(props, "usage", "POLICY") === "BLOCKLIST" || textOf(props, "kind", undefined) === "BlockedIpZone";
    const usage = isBlocklist ? "BLOCKLIST" : "POLICY";
    return judgeGateways({ subject, gateways, proxies, usage, widestPrefix });
}
