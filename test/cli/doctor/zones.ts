import { address, HEALTHY, policy, rule, ZONE, zone } from "./scene";
import type { SickScene } from "./sickScene";

const both = { ...HEALTHY, zones: [...HEALTHY.zones, zone("nzo2", "Staff 2", ["203.0.113.8/32"])] };
const inBoth = policy(rule("In zone", { connection: "ZONE", include: [ZONE, "nzo2"] }));
const zoned = (...zones: ReturnType<typeof zone>[]) => ({ seed: { ...HEALTHY, zones } });
const many = (count: number) =>
    Array.from({ length: count }, (_, index) => `203.0.${113 + (index >> 8)}.${index & 255}/32`);

export const ZONES: readonly SickScene[] = [
    {
        title: "a zone that is not there",
        flags: ["--zone", "nzo9"],
        code: "ZK201",
        status: "fail",
        detail: 'http://okta has no zone nzo9; there are "Staff" (nzo1)',
    },
    {
        title: "a dynamic zone",
        seed: { ...HEALTHY, zones: [{ id: ZONE, name: "Abroad", type: "DYNAMIC" }] },
        code: "ZK202",
        status: "fail",
        detail: '"Abroad" (nzo1) is of type DYNAMIC, which has no gateways',
    },
    {
        title: "a zone of Okta's own",
        ...zoned(zone(ZONE, "LegacyIpZone", ["203.0.113.7/32"])),
        code: "ZK202",
        status: "fail",
        detail: '"LegacyIpZone" (nzo1) is one of Okta\'s own',
    },
    {
        title: "a new zone whose name another zone has",
        seed: { ...HEALTHY, zones: [...HEALTHY.zones, zone("nzo3", "Contractors", ["203.0.113.99/32"])] },
        flags: ["--zone", ZONE, "--zone-name", "Contractors"],
        code: "ZK212",
        status: "fail",
        detail: 'the org has "Contractors" (nzo3) already',
    },
    {
        title: "a zone that is not active",
        ...zoned(zone(ZONE, "Staff", ["203.0.113.7/32"], { status: "INACTIVE" })),
        code: "ZK203",
        status: "fail",
        detail: '"Staff" (nzo1) is INACTIVE',
    },
    {
        title: "a blocklist",
        ...zoned(zone(ZONE, "Staff", ["203.0.113.7/32"], { usage: "BLOCKLIST" })),
        code: "ZK204",
        status: "fail",
        detail: '"Staff" (nzo1) is a BLOCKLIST',
    },
    {
        title: "a zone without gateways",
        ...zoned(zone(ZONE, "Staff", [], { proxies: [address("10.0.0.0/8")] })),
        code: "ZK205",
        status: "fail",
        detail: '"Staff" (nzo1) has no gateway',
    },
    {
        title: "shards with different trusted proxies",
        seed: {
            ...both,
            policies: [inBoth],
            zones: [
                zone(ZONE, "Staff", ["203.0.113.7/32"], { proxies: [address("10.0.0.0/8")] }),
                zone("nzo2", "Staff 2", ["203.0.113.8/32"]),
            ],
        },
        flags: ["--zone", ZONE, "nzo2"],
        code: "ZK206",
        status: "fail",
        detail: '"Staff 2" (nzo2), unlike "Staff" (nzo1)',
    },
    {
        title: "a zone that is nearly full",
        ...zoned(zone(ZONE, "Staff", many(140))),
        code: "ZK207",
        status: "warn",
        detail: "140 of 150 entries are used",
    },
    {
        title: "a zone that is full",
        ...zoned(zone(ZONE, "Staff", many(150))),
        code: "ZK207",
        status: "fail",
        detail: "150 of 150 entries are used",
    },
    {
        title: "an org with very many zones",
        ...zoned(
            ...HEALTHY.zones,
            ...Array.from({ length: 90 }, (_, index) => zone(`nzo9${index}`, `Zone ${index}`, ["192.0.2.0/32"])),
        ),
        code: "ZK208",
        status: "warn",
        detail: "95 of 100 zones",
    },
    {
        title: "an org with very many entries",
        ...zoned(...HEALTHY.zones, zone("nzo8", "Legacy", many(22_600))),
        code: "ZK209",
        status: "warn",
        detail: "22601 of 25000 entries in all zones",
    },
];
