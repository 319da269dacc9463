import { strict as assert } from "node:assert";
import fc from "fast-check";
import { spanOf } from "../../../src/core/addresses/ip";
import { type ChainReading, type ChainZone, evaluateChain } from "../../../src/core/chain/chain";
import { compileZone } from "../../../src/core/chain/compileZone";

const READINGS: readonly ChainReading[] = ["lenient", "strict"];

describe("the laws of evaluateChain", () => {
    // Few addresses, so that chain and zone meet often.
    const ip = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5");
    const entry = fc.oneof(ip, fc.constantFrom("10.0.0.2/31", "10.0.0.3-10.0.0.5"));
    const entries = fc.array(entry, { maxLength: 3 });
    const zones = fc.record({ gateways: entries, proxies: entries });
    const chain = fc.array(ip, { minLength: 1, maxLength: 7 });
    const reading = fc.constantFrom(...READINGS);
    const isInside = (zone: ChainZone, chain: readonly string[], reading: ChainReading) =>
        evaluateChain(zone, chain, reading).inside;

    const hops = fc.oneof(
        ip,
        fc.string({ maxLength: 12 }),
        fc.ipV6(),
        fc.constantFrom(
            "",
            "::ffff:10.0.0.1",
            "[2001:db8::1]:443",
            "fe80::1%eth0",
            "10.0.0.1:443",
            "10.0.0.0/24",
            "unknown",
        ),
    );

    it("no chain throws, whatever its hops are, and compileZone and evaluateChain agree", () => {
        const anyZone = fc.record({
            gateways: fc.array(fc.oneof(entry, hops), { maxLength: 3 }),
            proxies: fc.array(fc.oneof(entry, hops), { maxLength: 3 }),
            usage: fc.constantFrom<"POLICY" | "BLOCKLIST">("POLICY", "BLOCKLIST"),
        });
        fc.assert(
            fc.property(anyZone, fc.array(hops, { maxLength: 7 }), reading, (zone, chain, reading) => {
                assert.equal(compileZone(zone)(chain, reading), isInside(zone, chain, reading));
            }),
        );
    });

    it("a hop that is not IPv4 is never what a request is inside by", () => {
        fc.assert(
            fc.property(zones, fc.array(hops, { minLength: 1, maxLength: 7 }), reading, (zone, chain, reading) => {
                const { inside, steps } = evaluateChain(zone, chain, reading);
                fc.pre(inside);
                assert.match(steps.at(-1)?.ip ?? "", /^10\.0\.0\.\d$/);
            }),
        );
    });

    it("one more gateway puts no chain outside", () => {
        fc.assert(
            fc.property(zones, entry, chain, reading, (zone, more, chain, reading) => {
                fc.pre(isInside(zone, chain, reading));
                assert.ok(isInside({ ...zone, gateways: [...zone.gateways, more] }, chain, reading));
            }),
        );
    });

    it("one more proxy puts no chain outside, and one less admits none", () => {
        fc.assert(
            fc.property(zones, entry, chain, reading, (zone, more, chain, reading) => {
                fc.pre(isInside(zone, chain, reading));
                assert.ok(isInside({ ...zone, proxies: [more, ...zone.proxies] }, chain, reading));
            }),
        );
    });

    it("a chain that is inside has a gateway among the last five addresses", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zone, chain, reading) => {
                fc.pre(isInside(zone, chain, reading));
                const alone = chain.slice(-5).filter((ip) => isInside(zone, [ip], reading));
                assert.notEqual(alone.length, 0);
            }),
        );
    });

    it("no chain is inside whose last address is neither gateway nor proxy", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zone, chain, reading) => {
                const { steps, inside } = evaluateChain(zone, chain, reading);
                fc.pre(steps[0]?.match === "none");
                assert.deepEqual([inside, steps.length], [false, 1]);
            }),
        );
    });

    it("addresses that a client puts in front change nothing once a gateway or the last hop has decided", () => {
        fc.assert(
            fc.property(zones, chain, chain, reading, (zone, forged, chain, reading) => {
                const { inside, steps } = evaluateChain(zone, chain, reading);
                fc.pre(inside || (steps.length === 1 && steps[0]?.match === "none"));
                assert.deepEqual(evaluateChain(zone, [...forged, ...chain], reading).steps, steps);
            }),
        );
    });

    it("a chain that is inside by the strict reading is inside by the lenient one; a difference is reported", () => {
        fc.assert(
            fc.property(zones, chain, (zone, chain) => {
                const [lenient, strict] = READINGS.map((reading) => evaluateChain(zone, chain, reading));
                assert.ok(lenient?.inside || !strict?.inside);
                const differ = lenient?.inside !== strict?.inside;
                assert.deepEqual([lenient?.ambiguous, strict?.ambiguous], [differ, differ]);
            }),
        );
    });

    it("no chain is inside an inactive zone", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zone, chain, reading) => {
                assert.equal(isInside({ ...zone, status: "INACTIVE" }, chain, reading), false);
            }),
        );
    });

    it("what stands before the hop that decides changes nothing", () => {
        fc.assert(
            fc.property(zones, chain, chain, reading, (zone, forged, chain, reading) => {
                const told = evaluateChain(zone, chain, reading);
                const [last] = told.steps.slice(-1);
                const isDecided =
                    told.inside || (last?.match === "none" && (told.steps.length === 1 || reading === "strict"));
                fc.pre(isDecided);
                const behind = chain.slice(-told.steps.length);
                const { inside, steps } = evaluateChain(zone, [...forged, ...behind], reading);
                assert.deepEqual({ inside, steps }, { inside: told.inside, steps: told.steps });
            }),
        );
    });

    it("agrees with Okta's words, said again without any thought of speed", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zone, chain, reading) => {
                assert.equal(isInside(zone, chain, reading), saidAgain(zone, chain, reading));
            }),
        );
    });

    it("a compiled zone answers the same, blocklists and inactive zones too", () => {
        const more = fc.record({
            status: fc.constantFrom("ACTIVE" as const, "INACTIVE" as const),
            usage: fc.constantFrom("POLICY" as const, "BLOCKLIST" as const),
            isExempt: fc.boolean(),
        });
        fc.assert(
            fc.property(zones, more, chain, reading, (zone, more, chain, reading) => {
                const whole = { ...zone, ...more };
                assert.equal(compileZone(whole)(chain, reading), isInside(whole, chain, reading));
            }),
        );
    });
});

/** From the last address back, five at most: a gateway is inside; a proxy goes on; the rest is as the reading has it. */
function saidAgain(zone: ChainZone, chain: readonly string[], reading: ChainReading, looked = 0): boolean {
    const isIn = (entries: readonly string[], ip: string) =>
        entries.map(spanOf).some(({ low, high }) => low <= spanOf(ip).low && spanOf(ip).low <= high);
    const ip = chain.at(-1);
    if (ip === undefined || looked === 5) return false;
    if (isIn(zone.gateways, ip)) return true;
    const goesOn = isIn(zone.proxies, ip) || (looked > 0 && reading === "lenient");
    return goesOn && saidAgain(zone, chain.slice(0, -1), reading, looked + 1);
}
