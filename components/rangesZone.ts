import * as pulumi from "@pulumi/pulumi";

import { hasCode } from "../src/core/errors/errors";
import { fewestEntries } from "../src/core/ranges/fixedRanges";
import { after, lookForZones } from "./beforehand";
import { GrantedZone } from "./grantedZone";
import { refuse } from "./refuse";
import { requireArgs } from "./required";

export interface RangesZoneArgs {
    /** Name of the first zone in Okta; the others get ` 2`, ` 3` and so on. */
    readonly zoneName: pulumi.Input<string>;

    /** Addresses, CIDRs and ranges, such as those of `oktaRanges`. Neighbours become one entry, `a-b` if need be. */
    readonly ranges: pulumi.Input<string[]>;

    /**
     * How many zones contain them: each has room for 150 entries. If they do not fit, the preview fails and
     * says how many are needed. It is not computed, so that no zone is added or removed unexpectedly.
     *
     * @default 1
     */
    readonly shards?: number;

    /** Permits one run to remove more than half of the ranges. @default false */
    readonly confirmRemovals?: boolean;

    /** Trusted proxies, the same in every zone. @default none */
    readonly proxies?: pulumi.Input<pulumi.Input<string>[]>;

    /** Whether Pulumi refuses to delete or replace the zones. @default true, except in the stack `dev` */
    readonly isProtected?: boolean;
}

const TYPE = "zonekeeper:index:RangesZone";

/**
 * One or more zones with given ranges, all of them or no change at all: for an org
 * that needs the addresses of Okta, or of another service, in a zone.
 *
 * An entry stays in the zone where it is when the ranges change.
 *
 * @example
 * const okta = new RangesZone("okta", { zoneName: "Okta", ranges: oktaRanges({ cells: ["OK7"] }), shards: 3 });
 */
export class RangesZone extends pulumi.ComponentResource {
    /** Okta's id of the org that the checks before the deployment found; undefined in unit tests with mocks. */
    declare readonly checkedOrgId: Promise<string | undefined> | undefined;
    declare readonly zoneIds: pulumi.Output<string[]>;
    /** The whole list of each zone. */
    declare readonly gateways: pulumi.Output<string[][]>;

    constructor(name: string, args: RangesZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        requireArgs("RangesZone", name, args, { zoneName: "a text", ranges: "a list" });
        const look = lookForZones({ type: TYPE, name }, args, opts);
        super(TYPE, name, args, after(look, opts));
        this.checkedOrgId = look?.orgId;
        const { ranges, ...rest } = args;
        const staticGateways = Array.isArray(ranges)
            ? entriesOf(name, ranges)
            : pulumi.output(ranges).apply((texts) => entriesOf(name, texts));
        const protect = opts?.protect === undefined ? {} : { protect: opts.protect };
        const zone = new GrantedZone(name, { ...rest, staticGateways }, { parent: this, ...protect });
        this.zoneIds = zone.zoneIds;
        this.gateways = zone.gateways;
        this.registerOutputs({ zoneIds: this.zoneIds, gateways: this.gateways });
    }
}

/** @throws a RunError for what is no range */
function entriesOf(name: string, ranges: readonly string[]): string[] {
    try {
        return fewestEntries(ranges);
    } catch (error) {
        if (hasCode(error, "bad-range")) return refuse(`${name}: ${error.message}`, error.code);
        throw error;
    }
}
