import { grantsOf } from "../scene";
import { address, HEALTHY, ZONE, zone } from "./scene";
import type { SickScene } from "./sickScene";

const SOURCE = ["--zone", ZONE, "--source", "grants.yaml"];

export const GRANTS: readonly SickScene[] = [
    {
        title: "a source that cannot be read",
        flags: ["--zone", ZONE, "--source", "nowhere.yaml"],
        code: "ZK401",
        status: "fail",
        detail: "cannot read grants from file nowhere.yaml: there is no such file (DIR/nowhere.yaml)",
        besides: ["ZK402", "ZK403", "ZK404", "ZK502", "ZK503"],
    },
    {
        title: "a grant that cannot be used",
        grants: grantsOf({ g1: "203.0.113.7", g2: "2001:db8::1" }),
        flags: SOURCE,
        code: "ZK402",
        status: "warn",
        detail: 'left out: g2: ip "2001:db8::1" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address',
    },
    {
        title: "a grant that is active and outside",
        grants: grantsOf({ g1: "203.0.113.7", g2: "203.0.113.8" }),
        flags: SOURCE,
        code: "ZK403",
        status: "fail",
        detail: "granted and outside: 203.0.113.8/32",
    },
    {
        title: "a gateway that nobody was granted",
        flags: SOURCE,
        code: "ZK404",
        status: "warn",
        detail: "inside without a grant: 203.0.113.7/32",
    },
    {
        title: "removals that look like an accident",
        seed: { ...HEALTHY, zones: [zone(ZONE, "Staff", ["203.0.113.7/32", "203.0.113.8/32", "203.0.113.9/32"])] },
        grants: JSON.stringify({ grants: [] }),
        flags: SOURCE,
        code: "ZK503",
        status: "fail",
        detail:
            "held 203.0.113.7/32, held 203.0.113.8/32, held 203.0.113.9/32: " +
            "held by maxRemovals: all 3 entries would go; confirm it, or restore their grants",
    },
    {
        title: "a gateway whose grant has ended by Okta's time, on a machine with a clock that is behind",
        aheadMs: 3_600_000,
        grants: JSON.stringify({
            grants: [{ id: "g1", ip: "203.0.113.7", expiresAt: new Date(Date.now() + 1_800_000).toISOString() }],
        }),
        flags: SOURCE,
        code: "ZK404",
        status: "warn",
        detail: "inside without a grant: 203.0.113.7/32",
        besides: ["ZK111"],
    },
    {
        title: "a grant that a limit refuses",
        grants: grantsOf({ g1: "203.0.113.7", g2: "198.51.100.9" }),
        flags: [...SOURCE, "--deny", "198.51.100.0/24"],
        code: "ZK502",
        status: "fail",
        detail: "g2: denied: 198.51.100.9/32 touches a range that no grant may touch",
    },
];

export const LIMITS: readonly SickScene[] = [
    {
        title: "a rate limit that is nearly used up",
        rateLimit: 2,
        flags: [],
        code: "ZK501",
        status: "warn",
        detail: "0 of 2 calls a minute left until TIME",
    },
    {
        title: "a rate limit that is used up",
        faults: [{ on: { path: "/zones?" }, do: { throttle: { resetInSeconds: 50 } } }],
        flags: [],
        code: "ZK501",
        status: "fail",
        detail:
            "GET /api/v1/zones?limit=200: 429 E0000047: API call exceeded rate limit due to too many requests. (errorId X, request id X); " +
            "the rate limit is used up, try again after TIME",
        besides: ["ZK208", "ZK209"],
    },
    {
        title: "a foreign write while the doctor looks",
        faults: [
            { on: { path: "/apps?" }, do: { foreignWrite: { gateways: [address("198.51.100.9/32")] }, zoneId: ZONE } },
        ],
        code: "ZK602",
        status: "warn",
        detail: '"Staff" (nzo1) changed while the doctor looked',
    },
];
