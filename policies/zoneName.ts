import type { ResourceValidationPolicy } from "@pulumi/policy";

import { judgeZoneName } from "../src/core/judging/judgeZone";
import { stackOf } from "./production";
import { textOf } from "./reading";
import { reportAll } from "./report";
import { ZONE, ZONE_SETTINGS } from "./types";

/**
 * Who reads Okta's console or its System Log sees names only. A name with the
 * stack in it says which program keeps the zone, and no second stack can want it.
 */
export const zoneWithoutStackName: ResourceValidationPolicy = {
    name: "zone-without-stack-name",
    description: "The name of a zone carries the name of its stack.",
    enforcementLevel: "mandatory",
    configSchema: {
        properties: {
            exemptZones: {
                type: "array",
                items: { type: "string" },
                description: "Names that may stay, such as those of adopted zones.",
                default: [],
            },
        },
    },
    validateResource({ type, urn, props, opts, getConfig }, report) {
        // A zone that ignores its name shows the one that it had; its settings have the one that it will have.
        if (type !== ZONE_SETTINGS && (type !== ZONE || opts.ignoreChanges.includes("name"))) return;
        const { exemptZones = [] } = getConfig<{ readonly exemptZones?: string[] }>();
        const name = textOf(props, "name", undefined);
        if (name !== undefined && !exemptZones.includes(name)) reportAll(judgeZoneName(name, stackOf(urn)), report);
    },
};
