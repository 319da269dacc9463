import { oktaHttp } from "../../src/okta/http";
import { readOrganization } from "../../src/okta/org";
import { httpPolicies } from "../../src/okta/policies";
import { readRights } from "../../src/okta/rights";
import { httpZones } from "../../src/okta/zones/httpZones";
import { zoneLock } from "../../src/okta/zones/zoneLock";
import type { World } from "../../src/provider/world";
import type { GrantSource } from "../../src/sources/source";
import { NOW } from "../support/grants";
import { memorySource } from "../support/memorySource";

/** An Okta at this address, at a moment that never passes; what people are told is added to `told`. */
export function worldAt(url: string, told: string[], source: GrantSource = memorySource()): World {
    const clock = { now: () => NOW, elapsedMs: () => 0, sleep: async () => {}, random: () => 0 };
    const credential = { kind: "api-token", apiToken: "the-token-of-a-test", from: "a test" } as const;
    const http = oktaHttp({ connection: { orgUrl: url, credential }, fetch, ...clock });
    const zones = httpZones(http);
    return {
        zones,
        recent: zones,
        policies: httpPolicies(http),
        readOrg: (signal) => readOrganization(http, signal),
        tryCredential: (signal) => http.request("GET", "/api/v1/zones?limit=1", { signal }),
        listZones: (signal) => zones.list(signal),
        readRights: (signal) => readRights(http, credential, signal),
        lock: zoneLock(),
        clock,
        tell: (text) => void told.push(text),
        openSource: () => source,
    };
}
