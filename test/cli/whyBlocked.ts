import { zone } from "./doctor/scene";
import { GRANT, type Situation } from "./whyScenes";

const blocklist = (...values: string[]) => zone("nzoB", "Bad", values, { usage: "BLOCKLIST" });

/** An event of a request that Okta refused before it knew whose it was. */
function refused(eventType: string, reason: string) {
    return {
        eventType,
        actor: { id: "203.0.113.7", type: "IP address", alternateId: "unknown", displayName: "203.0.113.7" },
        client: { ipAddress: "203.0.113.7" },
        outcome: { result: "DENY", reason },
        request: { ipChain: [{ ip: "203.0.113.7", version: "V4" }] },
    };
}

/** People whom Okta refuses before any policy, and answers that need more than was given. */
export const BLOCKED: readonly Situation[] = [
    {
        title: "an address without a grant, where nothing is remembered",
        grants: [],
        subject: "203.0.113.7",
        status: 3,
        inside: true,
        bad: ["drift"],
        because: /^203\.0\.113\.7: no grant admits it: its grant was removed, or another writer put it/,
        next: /^Ask again with --state or --config/,
    },
    {
        title: "an IPv6 spelling of an IPv4 address",
        subject: "::ffff:cb00:7107",
        status: 3,
        inside: false,
        bad: ["ipv6-client"],
        because: /; if Okta's System Log shows 203\.0\.113\.7 instead, ask with that$/,
        next: /IPv4/,
    },
    {
        title: "a policy that is not there",
        flags: ["--policy", "rstNope"],
        status: 3,
        inside: true,
        bad: ["rule"],
        because: /has no policy rstNope$/,
        next: /^Copy the id/,
    },
    {
        title: "a grant of which a blocklist holds a part",
        grants: [{ ...GRANT, ip: "203.0.113.0/28" }],
        seed: { zones: [zone("nzo1", "Staff", ["203.0.113.0/28"]), blocklist("203.0.113.5-203.0.113.6")] },
        status: 3,
        inside: true,
        bad: ["blocked"],
        because: /^203\.0\.113\.5-203\.0\.113\.6 is granted, and refused before any policy/,
        next: /why the address is blocked/,
    },
    {
        title: "a grant that a blocklist holds whole",
        grants: [{ ...GRANT, ip: "203.0.113.6/31" }],
        seed: { zones: [zone("nzo1", "Staff", ["203.0.113.6/31"]), blocklist("203.0.113.0/24")] },
        status: 3,
        inside: false,
        bad: ["blocked"],
        because: /^203\.0\.113\.6\/31 is granted, and refused before any policy/,
        next: /why the address is blocked/,
    },
    {
        title: "a request from the granted address that Okta refused before it knew who it was",
        seed: { events: [refused("security.request.blocked", "NETWORK_ZONE_BLOCKLIST")] },
        status: 3,
        inside: false,
        bad: ["blocked"],
        because: /a blocklist refused it before any policy was asked/,
        next: /^Find out why the address is blocked/,
    },
    {
        title: "a request from the granted address that ThreatInsight refused",
        seed: { events: [refused("security.threat.detected", "Password Spray")] },
        status: 3,
        inside: false,
        bad: ["blocked"],
        because: /ThreatInsight refused it before any policy was asked \(security\.threat\.detected, Password Spray/,
        next: /what ThreatInsight found/,
    },
    {
        title: "a suspicion of ThreatInsight's that refused nobody",
        seed: {
            events: [{ ...refused("security.threat.detected", "Password Spray"), outcome: { result: "ALLOW" } }],
        },
        status: 0,
        inside: true,
        bad: [],
        because: /^the grant g-1/,
        next: /^$/,
    },
];
