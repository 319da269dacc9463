import type { dynamic } from "@pulumi/pulumi";

import { openCheckedClock, zonesInTime } from "../checkedClock";
import { type Clock, systemClock } from "../clock";
import { printable } from "../core/errors/quote";
import type { DocumentLimits } from "../core/grants/grantAddresses";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { type Organization, readOrganization } from "../okta/org";
import { httpPolicies, type Policies } from "../okta/policies";
import { httpZones } from "../okta/zones/httpZones";
import { type WholeZones, wholeZones } from "../okta/zones/wholeZones";
import { type ZoneLock, zoneLock } from "../okta/zones/zoneLock";
import type { ZoneStore } from "../okta/zones/zones";
import { fetchForOkta } from "../outgoing/outgoingFetch";
import { openSource } from "../sources/open";
import type { GrantSource } from "../sources/source";
import { parseSourceSpec } from "../sources/spec";

/** What the provider is connected to. */
export interface World {
    readonly zones: ZoneStore;
    /** The same zones, for their settings, and Okta's own. */
    readonly wholes: WholeZones;
    readonly policies: Policies;
    /** The org that answers. @throws `okta-*` */
    readOrg(signal: AbortSignal): Promise<Organization>;
    readonly lock: ZoneLock;
    readonly clock: Clock;
    /** Shows a line to whoever runs Pulumi. */
    tell(text: string): void;
    /** @throws `bad-input` */
    openSource(spec: unknown, limits: DocumentLimits): GrantSource;
}

/**
 * The real world, found as the Okta provider finds it: in the stack's `okta:*`
 * configuration and the `OKTA_*` variables.
 *
 * @throws `bad-input` that says what is missing
 */
export function connect(config: Pick<dynamic.Config, "get">): World {
    const connection = findOkta({ config: (key) => config.get(`okta:${key}`), env: process.env });
    const tell = (text: string) => process.stderr.write(`${printable(text).replaceAll("\n", "\\n")}\n`);
    const time = openCheckedClock(systemClock);
    const http = oktaHttp({
        connection,
        ...time,
        fetch: time.hearing(fetchForOkta(connection, process.env)),
        onWait: tell,
    });
    return {
        tell,
        zones: zonesInTime(httpZones(http), time, (text) => tell(`warning: ${text}`)),
        wholes: wholeZones(http),
        policies: httpPolicies(http),
        readOrg: (signal) => readOrganization(http, signal),
        lock: zoneLock(),
        clock: time,
        openSource: (spec, limits) =>
            openSource(parseSourceSpec(spec), {
                directory: process.cwd(),
                env: process.env,
                ...time,
                limits,
                okta: http,
            }),
    };
}
