import type { dynamic } from "@pulumi/pulumi";

import { openCheckedClock, zonesInTime } from "../checkedClock";
import { type Clock, systemClock } from "../clock";
import { printable } from "../core/errors/quote";
import type { DocumentLimits } from "../core/grants/grantAddresses";
import type { Rights } from "../core/judging/rights";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { type Organization, readOrganization } from "../okta/org";
import { httpPolicies, type Policies } from "../okta/policies";
import { readRights } from "../okta/rights";
import { httpZones } from "../okta/zones/httpZones";
import { recentZones } from "../okta/zones/recentZones";
import { type ZoneLock, zoneLock } from "../okta/zones/zoneLock";
import type { OrgZones, ZoneStore, ZoneSummary } from "../okta/zones/zones";
import { fetchForOkta } from "../outgoing/outgoingFetch";
import type { GrantSource } from "../sources/source";

/** The connections of the provider. */
export interface World {
    readonly zones: OrgZones;
    /** The same zones for reads before a decision, not before a write: see `recentZones`. */
    readonly recent: Pick<ZoneStore, "read">;
    readonly policies: Policies;
    /** The org that answers. @throws `okta-*` */
    readOrg(signal: AbortSignal): Promise<Organization>;
    /** Checks that Okta accepts the credential for zones. @throws `okta-*` */
    tryCredential(signal: AbortSignal): Promise<unknown>;
    /** All zones of the org, whatever their type. @throws `okta-*` */
    listZones(signal: AbortSignal): Promise<readonly Pick<ZoneSummary, "id" | "name">[]>;
    /** The rights of the credential. @throws `okta-*` */
    readRights(signal: AbortSignal): Promise<Rights>;
    readonly lock: ZoneLock;
    readonly clock: Clock;
    /** Prints a line in the output of Pulumi. */
    tell(text: string): void;
    /** @throws `bad-input` */
    openSource(spec: unknown, limits: DocumentLimits): GrantSource;
}

/** The part that a membership needs. */
export interface MembershipWorld extends Pick<World, "recent" | "lock" | "clock" | "tell" | "openSource"> {
    readonly zones: ZoneStore;
}

/** One for each connection, so that all providers of this process share their reads and the clock. */
const worlds = new Map<string, World>();

/**
 * The connections for the settings of the Okta provider: the stack's `okta:*`
 * configuration and the `OKTA_*` variables.
 *
 * @throws `bad-input` that says what is missing
 */
export function connect(config: Pick<dynamic.Config, "get">): World {
    const connection = findOkta({ config: (key) => config.get(`okta:${key}`), env: process.env });
    const key = JSON.stringify(connection);
    const world = worlds.get(key) ?? connectTo(connection);
    worlds.set(key, world);
    return world;
}

function connectTo(connection: ReturnType<typeof findOkta>): World {
    const tell = (text: string) => process.stderr.write(`${printable(text).replaceAll("\n", "\\n")}\n`);
    const time = openCheckedClock(systemClock);
    const http = oktaHttp({
        connection,
        ...time,
        fetch: time.hearing(fetchForOkta(connection, process.env)),
        onWait: tell,
    });
    const zones = zonesInTime(httpZones(http), time, (text) => tell(`warning: ${text}`));
    return {
        tell,
        ...recentZones(zones, time.elapsedMs),
        policies: httpPolicies(http),
        readOrg: (signal) => readOrganization(http, signal),
        tryCredential: (signal) => http.request("GET", "/api/v1/zones?limit=1", { signal }),
        listZones: (signal) => zones.list(signal),
        readRights: (signal) => readRights(http, connection.credential, signal),
        lock: zoneLock(),
        clock: time,
        openSource: (spec, limits) =>
            sources().openSource(spec, {
                directory: process.cwd(),
                env: process.env,
                ...time,
                limits,
                okta: http,
            }),
    };
}

/** Loaded on demand: a program without a source does not need it. */
function sources() {
    const { openSource } = require("../sources/open") as typeof import("../sources/open");
    const { parseSourceSpec } =
        require("../sources/settings/parseSource") as typeof import("../sources/settings/parseSource");
    return {
        openSource: (spec: unknown, options: Parameters<typeof openSource>[1]) =>
            openSource(parseSourceSpec(spec), options),
    };
}
