import { strict as assert } from "node:assert";
import fc from "fast-check";
import ipaddr from "ipaddr.js";

import {
    compareSpans,
    formatSpan,
    parseSpan,
    type Span,
    sizeOf,
    spanOf,
    toNumber,
} from "../../../src/core/addresses/ip";

const address = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1));
const span = fc.tuple(address, address).map(([a, b]): Span => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const cidr = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([inside, length]) => {
    const size = 2 ** (32 - length);
    const low = inside - (inside % size);
    return { span: { low, high: low + size - 1 }, length };
});
const dotted = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");

describe("parseSpan", () => {
    // Row by row the table in the doc comment.
    const table: [text: string, canonical: string | { problem: string }][] = [
        ["198.51.100.7", "198.51.100.7/32"],
        ["198.51.100.7-198.51.100.7", "198.51.100.7/32"],
        ["198.51.100.0/24", "198.51.100.0/24"],
        ["198.51.100.0-198.51.100.5", "198.51.100.0-198.51.100.5"],
        ["198.51.100.0-198.51.100.7", "198.51.100.0/29"],
        ["198.51.100.7/24", { problem: "has host bits; write 198.51.100.0/24 or 198.51.100.7/32" }],
        ["198.51.100.9-198.51.100.5", { problem: "ends before it begins" }],
        ["198.51.100.010", { problem: "is not an IPv4 address, CIDR or range" }],
        ["198.51.100.0/33", { problem: "has a prefix longer than 32 bits" }],
        ["2001:db8::/32", { problem: "is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address" }],
        // Beyond the table: the ends of the address space, and IPv6 in its other clothes.
        ["0.0.0.0/0", "0.0.0.0/0"],
        ["0.0.0.0-255.255.255.255", "0.0.0.0/0"],
        ["255.255.255.255", "255.255.255.255/32"],
        ["128.0.0.0/1", "128.0.0.0/1"],
        ["0.0.0.1-255.255.255.255", "0.0.0.1-255.255.255.255"],
        ["::1", { problem: "is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address" }],
        ["::ffff:198.51.100.7", { problem: "is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address" }],
        ["::1-::2", { problem: "is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address" }],
    ];
    for (const [text, expected] of table) {
        const { span, problem } = parseSpan(text);
        if (typeof expected === "string") {
            it(`reads "${text}" as ${expected}`, () => assert.equal(span && formatSpan(span), expected));
        } else {
            it(`refuses "${text}"`, () => assert.equal(problem, `"${text}" ${expected.problem}`));
        }
    }

    // What lenient readers let through, and people mistype.
    const nonsense = [
        ...["", " ", "-", "/", "a", "localhost", "198.51.100", "198.51", "198", "3325256711", "198.51.100.7.1"],
        ...["198.51.100.256", "198.51.100.-1", "198.51.100.08", "198.51.100.00", "0xc6.51.100.7", "0306.51.100.7"],
        ...["198.51.100.7 ", " 198.51.100.7", "198.51.100.7\n", "198.51.100.7:443", "198.51.100.*", "198.51..7"],
        ...["198.51.100.0/", "198.51.100.0/024", "198.51.100.0/+24", "198.51.100.0/-1", "198.51.100.0/24/24", "/24"],
        ...["198.51.100.0/255.255.255.0", "198.51.100.0/24 ", "198.51.100.0/2e1", "198.51.100.0/24-198.51.101.0/24"],
        ...["198.51.100.7-", "-198.51.100.7", "198.51.100.7--198.51.100.9", "198.51.100.7 - 198.51.100.9"],
        ...["198.51.100.7-9", "198.51.100.1-198.51.100.2-198.51.100.3", "198.51.100.7,198.51.100.8"],
        ...["１98.51.100.7", "198.51.100.٧", "198。51。100。7"],
    ];
    for (const text of nonsense) {
        it(`makes nothing of ${JSON.stringify(text)}`, () => {
            const problem = `${JSON.stringify(text)} is not an IPv4 address, CIDR or range`;
            assert.deepEqual(parseSpan(text), { problem });
            assert.deepEqual(parseSpan(text, "clear"), { problem });
        });
    }

    it("clears host bits on request", () => {
        assert.deepEqual(parseSpan("198.51.100.7/24", "clear"), parseSpan("198.51.100.0/24"));
        assert.deepEqual(parseSpan("198.51.100.7/0", "clear"), parseSpan("0.0.0.0/0"));
    });

    it("says a long text in short", () => {
        assert.equal(
            parseSpan("x".repeat(9999)).problem?.length,
            1 + 80 + 2 + " is not an IPv4 address, CIDR or range".length,
        );
    });

    it("reads an address as the number that it is", () => {
        fc.assert(
            fc.property(address, (number) => {
                assert.deepEqual(parseSpan(dotted(number)), { span: { low: number, high: number } });
            }),
        );
    });

    it("reads each text into one that reads as itself", () => {
        const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom("", "01", "a", ":"));
        const quad = fc.array(part, { minLength: 3, maxLength: 5 }).map((parts) => parts.join("."));
        const text = fc.oneof(
            quad,
            fc.tuple(quad, fc.nat(40)).map(([quad, length]) => `${quad}/${length}`),
            fc.tuple(quad, quad).map((ends) => ends.join("-")),
            fc.tuple(address, fc.nat(33)).map(([number, length]) => `${dotted(number)}/${length}`),
            fc.tuple(address, address).map((ends) => ends.map(dotted).join("-")),
        );
        fc.assert(
            fc.property(text, fc.constantFrom("refuse" as const, "clear" as const), (text, hostBits) => {
                const { span, problem } = parseSpan(text, hostBits);
                if (span === undefined) assert.ok(problem?.startsWith(`"${text}" `));
                else assert.deepEqual(parseSpan(formatSpan(span)), { span });
            }),
        );
    });
});

describe("formatSpan", () => {
    it("is undone by parseSpan", () => {
        fc.assert(fc.property(span, (span) => assert.deepEqual(parseSpan(formatSpan(span)), { span })));
    });

    it("writes as a CIDR whatever is one, and nothing else", () => {
        fc.assert(
            fc.property(cidr, ({ span, length }) => {
                assert.equal(formatSpan(span), `${dotted(span.low)}/${length}`);
            }),
        );
        const isCidr = ({ low, high }: Span) =>
            Array.from({ length: 33 }, (_, bits) => 2 ** bits).some(
                (size) => low % size === 0 && high === low + size - 1,
            );
        fc.assert(fc.property(span, (span) => assert.equal(formatSpan(span).includes("/"), isCidr(span))));
    });
});

describe("spanOf", () => {
    it("reads what was checked before, host bits and all", () => {
        assert.deepEqual(spanOf("10.0.0.1/24"), { low: 10 * 2 ** 24, high: 10 * 2 ** 24 + 255 });
    });

    it("throws for anything else", () => {
        assert.throws(() => spanOf("10.0.0"), {
            code: "bad-range",
            message: '"10.0.0" is not an IPv4 address, CIDR or range',
        });
    });
});

describe("compareSpans", () => {
    it("orders by address, not by letter, and the shorter of two first", () => {
        const sorted = ["10.0.0.0/8", "9.0.0.0/8", "9.0.0.0/32", "128.0.0.0/1"].map(spanOf).sort(compareSpans);
        assert.deepEqual(sorted.map(formatSpan), ["9.0.0.0/32", "9.0.0.0/8", "10.0.0.0/8", "128.0.0.0/1"]);
    });
});

describe("sizeOf", () => {
    const table: [text: string, size: number][] = [
        ["10.0.0.1", 1],
        ["10.0.0.1-10.0.0.3", 3],
        ["10.0.0.0/24", 256],
        ["0.0.0.0/0", 4_294_967_296],
    ];
    for (const [text, size] of table) {
        it(`counts ${size} in ${text}`, () => assert.equal(sizeOf(spanOf(text)), size));
    }
});

describe("toNumber", () => {
    // What addresses are made of, and what they are mistyped with.
    const octet = fc.oneof(
        fc.integer({ min: 0, max: 300 }).map(String),
        fc.constantFrom("", "00", "01", "1e1", "0x1", " 1"),
    );
    const text = fc
        .tuple(fc.array(octet, { minLength: 3, maxLength: 5 }), fc.constantFrom("", " ", ".", "\n", "x"))
        .map(([octets, end]) => octets.join(".") + end);

    it("takes what the four-part test of ipaddr.js takes, for the number that it is there", () => {
        fc.assert(
            fc.property(fc.oneof(text, address.map(dotted)), (text) => {
                const isAddress = ipaddr.IPv4.isValidFourPartDecimal(text);
                const bytes = isAddress ? ipaddr.IPv4.parse(text).toByteArray() : [];
                const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
                assert.equal(toNumber(text), isAddress ? number : undefined);
            }),
            { numRuns: 1000 },
        );
    });
});
