import { DENIES, HEALTHY, IN_ZONE, policy, rule, zone } from "./doctor/scene";
import type { Scene } from "./scene";

export const FAR = "2099-01-01T00:00:00Z";
const PAST = "2020-01-01T00:00:00Z";
const ANA = { user: "ana@example.com" };

/** A situation, the one command that solves it, and what it says. */
export interface Situation {
    readonly title: string;
    readonly grants?: readonly object[];
    /** More of the org than a healthy one has. */
    readonly seed?: object;
    /** What happens first. */
    readonly before?: (scene: Scene) => Promise<unknown>;
    /** @default ana@example.com */
    readonly subject?: string;
    readonly flags?: readonly string[];
    readonly status: 0 | 1 | 3;
    readonly inside: boolean | null;
    /** The kinds of lines that are bad. */
    readonly bad: readonly string[];
    readonly because: RegExp;
    readonly next: RegExp;
}

/** Ana's grant, for the address that the zone holds. */
export const GRANT = { id: "g-1", ip: "203.0.113.7", expiresAt: FAR, ...ANA };

/** A sign-in of hers, as Okta logs it. */
export function signIn(...chain: readonly string[]) {
    return {
        eventType: "policy.evaluate_sign_on",
        actor: { id: "00u1", type: "User", alternateId: "ana@example.com", displayName: "Ana" },
        client: { ipAddress: chain[0] },
        outcome: { result: "DENY" },
        request: { ipChain: chain.map((ip) => ({ ip, version: ip.includes(":") ? "V6" : "V4" })) },
    };
}

/** Somebody else writes the zone. */
async function overwrite({ okta }: Scene): Promise<void> {
    const { headers, body } = {
        headers: { authorization: "SSWS 00tOtHeRaDmIn", "content-type": "application/json" },
        body: { type: "IP", name: "Staff", gateways: [{ type: "CIDR", value: "198.51.100.66/32" }] },
    };
    await fetch(`${okta.url}/api/v1/zones/nzo1`, { method: "PUT", headers, body: JSON.stringify(body) });
}

const TWO_ADMINS = {
    users: [...HEALTHY.users, { id: "00u2", login: "mia@example.com" }],
    tokens: [...HEALTHY.tokens, { value: "00tOtHeRaDmIn", userId: "00u2" }],
};

const STATE = ["--state", "state"];
const others = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
        id: `o-${index}`,
        ip: `11.0.${index >> 7}.${2 * (index & 127)}`,
        expiresAt: FAR,
    }));

async function syncThen({ sync, write }: Scene, grants: readonly object[] | string): Promise<void> {
    await sync(STATE);
    await write("grants.yaml", typeof grants === "string" ? grants : JSON.stringify({ grants }));
}

/** The ten of the issue. */
export const TEN: readonly Situation[] = [
    {
        title: "an expired grant",
        grants: [{ ...GRANT, expiresAt: PAST, ip: "203.0.113.9" }],
        status: 3,
        inside: false,
        bad: ["ended"],
        because: /^the grant g-1 for 203\.0\.113\.9 ended at 2020-01-01T00:00:00Z$/,
        next: /extend the grant/,
    },
    {
        title: "an IPv6 grant",
        grants: [{ ...GRANT, ip: "2001:db8::7" }, ...others(1)],
        status: 3,
        inside: false,
        bad: ["unusable"],
        because: /^the entry g-1 cannot be used: ip "2001:db8::7" is IPv6/,
        next: /Grant the IPv4 address/,
    },
    {
        title: "an IPv6 client",
        seed: { events: [signIn("2001:db8::1")] },
        status: 3,
        inside: false,
        bad: ["ipv6-client"],
        because:
            /^Okta saw 2001:db8::1 at \S+ \(policy\.evaluate_sign_on, DENY\): it is IPv6, and an IP zone holds IPv4/,
        next: /over IPv4/,
    },
    {
        title: "a second proxy",
        seed: {
            zones: [
                zone("nzo1", "Staff", ["203.0.113.7/32"], { proxies: [{ type: "CIDR", value: "198.51.100.20/32" }] }),
            ],
            events: [signIn("203.0.113.7", "198.51.100.21", "198.51.100.20")],
        },
        status: 3,
        inside: false,
        bad: ["proxy"],
        because:
            /the chain 203\.0\.113\.7, 198\.51\.100\.21, 198\.51\.100\.20 .*198\.51\.100\.21, which is neither gateway nor trusted proxy/,
        next: /^Add 198\.51\.100\.21\/32 to the trusted proxies .* Only if 198\.51\.100\.21 is a proxy of yours/,
    },
    {
        title: "a full zone",
        grants: [...others(150), GRANT],
        seed: {
            zones: [
                zone(
                    "nzo1",
                    "Staff",
                    others(150).map(({ ip }) => `${ip}/32`),
                ),
            ],
        },
        status: 3,
        inside: false,
        bad: ["full"],
        because: /^the grant g-1 for 203\.0\.113\.7 has no room \(no room: the zone is full with 150 entries/,
        next: /^Add a zone/,
    },
    {
        title: "a reading that the brake holds",
        grants: [GRANT, ...others(2)],
        before: (scene) => syncThen(scene, [{ id: "g-9", user: "mia@example.com", ip: "203.0.113.9", expiresAt: FAR }]),
        seed: TWO_ADMINS,
        subject: "mia@example.com",
        flags: STATE,
        status: 3,
        inside: false,
        bad: ["held"],
        because: /^the grant g-9 for 203\.0\.113\.9 waits: held by maxRemovals: all 3 known active grants/,
        next: /^Find out whether the removals in that reading are meant/,
    },
    {
        title: "a source that is down",
        grants: [GRANT, ...others(2)],
        before: (scene) => syncThen(scene, "grants: [}"),
        seed: TWO_ADMINS,
        subject: "mia@example.com",
        flags: STATE,
        status: 3,
        inside: false,
        bad: ["source", "none"],
        because: /^no grant that was read before names this person, and now cannot read grants from file grants\.yaml/,
        next: /^Correct the source/,
    },
    {
        title: "the wrong zone in the rule",
        seed: {
            zones: [zone("nzo1", "Staff", ["203.0.113.7/32"]), zone("nzo2", "Office", ["198.51.100.1/32"])],
            policies: [policy(rule("In zone", { connection: "ZONE", include: ["nzo2"] }))],
        },
        status: 3,
        inside: true,
        bad: ["rule"],
        because:
            /no policy has a rule that names it; the rule "In zone" of "Staff access" \(rst1\) names "Office" \(nzo2\)$/,
        next: /^Add a rule/,
    },
    {
        title: "another writer",
        before: async (scene) => {
            await scene.sync(STATE);
            await overwrite(scene);
        },
        seed: TWO_ADMINS,
        flags: STATE,
        status: 3,
        inside: false,
        bad: ["pending"],
        because:
            /^the grant g-1 for 203\.0\.113\.7 is active, and in no zone; .*\(00u2\) was the last to write the zone, at /,
        next: /somebody else writes the zone/,
    },
    {
        title: "an open catch-all",
        seed: {
            policies: [
                {
                    ...policy(IN_ZONE),
                    rules: [IN_ZONE, { ...DENIES, actions: { appSignOn: { access: "ALLOW" } } }],
                },
            ],
        },
        status: 3,
        inside: true,
        bad: ["catch-all"],
        because: /^the catch-all rule is open in "Staff access" \(rst1\): it lets in whoever no other rule names/,
        next: /./,
    },
];

const BLOCKED = { usage: "BLOCKLIST" };

/** Field case B19 and what is like it. */
export const MORE: readonly Situation[] = [
    {
        title: "a person who is in",
        status: 0,
        inside: true,
        bad: [],
        because: /^the grant g-1 for 203\.0\.113\.7 is in "Staff" \(nzo1\) until 2099-01-01T00:00:00Z$/,
        next: /^$/,
    },
    {
        title: "a person by the id, with a grant by the login",
        subject: "00u1",
        status: 0,
        inside: true,
        bad: [],
        because: /^the grant g-1/,
        next: /^$/,
    },
    {
        title: "two active grants, one that has ended, one of IPv6 (B19)",
        grants: [
            GRANT,
            { ...GRANT, id: "g-2", user: "ANA@example.com", ip: "203.0.113.9" },
            { ...GRANT, id: "g-3", ip: "203.0.113.11", expiresAt: PAST },
            { ...GRANT, id: "g-4", ip: "2001:db8::7" },
        ],
        seed: { zones: [zone("nzo1", "Staff", ["203.0.113.7/32", "203.0.113.9/32"])] },
        status: 3,
        inside: true,
        bad: ["unusable"],
        because: /^the entry g-4 cannot be used/,
        next: /IPv4/,
    },
    {
        title: "a denied grant",
        before: async ({ write, sync }) => {
            await sync(STATE);
            const denial = { id: "d1", grant: "g-1", reason: "INC-7", by: "mia", at: "2026-11-01T00:00:00Z" };
            await write("state/deny.json", JSON.stringify({ denials: [denial] }));
        },
        flags: STATE,
        status: 3,
        inside: false,
        bad: ["denied"],
        because: /^the grant g-1 for 203\.0\.113\.7 is denied by mia \(INC-7\)/,
        next: /whoever denied it/,
    },
    {
        title: "a grant that starts later",
        grants: [{ ...GRANT, ip: "203.0.113.9", startsAt: "2098-01-01T00:00:00Z" }],
        status: 3,
        inside: false,
        bad: ["not-yet"],
        because: /^the grant g-1 for 203\.0\.113\.9 starts at 2098-01-01T00:00:00Z$/,
        next: /^Wait/,
    },
    {
        title: "an entry that cannot be used",
        grants: [{ ...GRANT, expiresAt: "tomorrow" }, ...others(1)],
        status: 3,
        inside: false,
        bad: ["unusable"],
        because: /^the entry g-1 cannot be used: expiresAt "tomorrow" is not a moment/,
        next: /^Correct expiresAt of g-1/,
    },
    {
        title: "a grant for another address than Okta saw",
        seed: { events: [signIn("198.51.100.9")] },
        status: 3,
        inside: false,
        bad: ["other-address"],
        because: /^Okta saw 198\.51\.100\.9 at \S+ \(.*\): the grant g-1 is for 203\.0\.113\.7$/,
        next: /^If 198\.51\.100\.9 is theirs, grant that address/,
    },
    {
        title: "a grant for another membership",
        flags: ["--selector", "app=payroll"],
        status: 3,
        inside: false,
        bad: ["denied"],
        because: /lacks the label app=payroll$/,
        next: /^Correct the grant/,
    },
    {
        title: "nobody of this name",
        subject: "zoe@example.com",
        status: 3,
        inside: false,
        bad: ["person", "none"],
        because: /^Okta has no user zoe@example\.com$/,
        next: /spelling/,
    },
    {
        title: "a locked user",
        seed: { users: [{ id: "00u1", login: "ana@example.com", status: "LOCKED_OUT" }] },
        status: 3,
        inside: true,
        bad: ["person"],
        because: /LOCKED_OUT$/,
        next: /Admin Console/,
    },
    {
        title: "a blocklist",
        seed: { zones: [zone("nzo1", "Staff", ["203.0.113.7/32"]), zone("nzo9", "Bad", ["203.0.113.0/24"], BLOCKED)] },
        status: 3,
        inside: false,
        bad: ["blocked"],
        because: /^203\.0\.113\.7 is granted, and refused before any policy by the blocklist "Bad" \(nzo9\)$/,
        next: /why the address is blocked/,
    },
    {
        title: "an inactive zone",
        seed: { zones: [zone("nzo1", "Staff", ["203.0.113.7/32"], { status: "INACTIVE" })] },
        status: 3,
        inside: false,
        bad: ["zone", "pending"],
        because: /"Staff" \(nzo1\) is INACTIVE/,
        next: /Activate/,
    },
    {
        title: "a source that is down, of which nothing is remembered",
        before: ({ write }) => write("grants.yaml", "grants: [}"),
        status: 1,
        inside: null,
        bad: ["source"],
        because: /^cannot read grants from file grants\.yaml/,
        next: /^Correct the source/,
    },
    {
        title: "an address that is in",
        subject: "203.0.113.7",
        status: 0,
        inside: true,
        bad: [],
        because: /^the grant g-1 for 203\.0\.113\.7 \(ana@example\.com\) is in "Staff"/,
        next: /^$/,
    },
    {
        title: "an address that nobody granted",
        subject: "198.51.100.9",
        status: 3,
        inside: false,
        bad: ["none", "outside"],
        because: /^no grant has this address$/,
        next: /grant it in the source/,
    },
    {
        title: "an IPv6 address",
        subject: "2001:db8::1",
        status: 3,
        inside: false,
        bad: ["ipv6-client"],
        because: /^2001:db8::1: it is IPv6/,
        next: /IPv4/,
    },
    {
        title: "an address that another writer put in",
        before: async (scene) => {
            await scene.sync(STATE);
            await overwrite(scene);
        },
        seed: TWO_ADMINS,
        subject: "198.51.100.66",
        flags: STATE,
        status: 3,
        inside: true,
        bad: ["drift"],
        because: /^198\.51\.100\.66: another writer put it into the zone/,
        next: /who writes the zone/,
    },
    {
        title: "a chain through a proxy that is not trusted",
        subject: "203.0.113.7, 198.51.100.20",
        status: 3,
        inside: false,
        bad: ["proxy"],
        because: /198\.51\.100\.20, which connects to Okta, is in no gateway and in no trusted proxy$/,
        next: /^Add 198\.51\.100\.20\/32 to the trusted proxies/,
    },
    {
        title: "an event by its id",
        seed: { events: [{ ...signIn("198.51.100.9"), uuid: "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a" }] },
        subject: "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a",
        status: 3,
        inside: false,
        bad: ["other-address"],
        because: /^Okta saw 198\.51\.100\.9 .*: the grant g-1 is for 203\.0\.113\.7$/,
        next: /^If 198\.51\.100\.9 is theirs/,
    },
    {
        title: "an event in a file, which a blocklist refused",
        before: ({ write }) =>
            write(
                "event.json",
                JSON.stringify({
                    ...signIn("203.0.113.7"),
                    published: "2026-11-30T01:00:00Z",
                    eventType: "security.request.blocked",
                    outcome: { result: "DENY", reason: "NETWORK_ZONE_BLOCKLIST" },
                }),
            ),
        subject: "event.json",
        status: 3,
        inside: false,
        bad: ["blocked"],
        because: /^Okta saw 203\.0\.113\.7 .*a blocklist refused it before any policy was asked/,
        next: /why the address is blocked/,
    },
];
