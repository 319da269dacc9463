import type { dynamic } from "@pulumi/pulumi";

import { systemClock } from "../clock";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { httpZones } from "../okta/httpZones";
import { zoneLock } from "../okta/zoneLock";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/spec";
import type { World } from "./membership";

/**
 * The real world, found as the Okta provider finds it: in the stack's `okta:*`
 * configuration and the `OKTA_*` variables.
 *
 * @throws `bad-input` that says what is missing
 */
export function connect(config: dynamic.Config): World {
    const connection = findOkta({ config: (key) => config.get(`okta:${key}`), env: process.env });
    const http = oktaHttp({ connection, fetch, ...systemClock, onWait: (text) => process.stderr.write(`${text}\n`) });
    return {
        zones: httpZones(http),
        lock: zoneLock(),
        clock: systemClock,
        openSource: (spec, widestPrefix) =>
            openSource(parseSourceSpec(spec), {
                directory: process.cwd(),
                env: process.env,
                fetch,
                ...systemClock,
                limits: { widestPrefix },
            }),
    };
}
