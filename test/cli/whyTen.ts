import { DENIES, IN_ZONE, policy, rule, zone } from "./doctor/scene";
import { FAR, GRANT, others, overwrite, PAST, type Situation, STATE, signIn, syncThen, TWO_ADMINS } from "./whyScenes";

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
        because:
            /^the grant g-9 for 203\.0\.113\.9 waits for the removal brake: held by maxRemovals: all 3 known active grants/,
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
        next: /^If it is the wrong zone, name the right one in that rule/,
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
            /^the grant g-1 for 203\.0\.113\.7 is active, and in no zone; another writer, .*\(00u2\), was the last to write the zone, at /,
        next: /another writer changes the zone/,
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
        because:
            /^the catch-all rule is open in "Staff access" \(rst1\): it lets in everybody whom no other rule names/,
        next: /./,
    },
];
