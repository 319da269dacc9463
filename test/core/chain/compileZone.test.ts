import { strict as assert } from "node:assert";

import { compileZone } from "../../../src/core/chain/compileZone";

describe("compileZone", () => {
    const isInside = compileZone({
        gateways: ["1.1.1.0-1.1.1.9", "2001:db8::/32", "9.9.9.9/24"],
        proxies: ["2.2.2.2"],
    });

    it("is lenient by default", () => {
        const chain = ["1.1.1.1", "3.3.3.3", "2.2.2.2"];
        assert.deepEqual([isInside(chain), isInside(chain, "strict")], [true, false]);
    });

    it("takes the fifth address for the last that counts", () => {
        const behind = compileZone({ gateways: ["1.1.1.1"], proxies: ["10.0.0.0/8"] });
        const four = ["10.0.0.4", "10.0.0.3", "10.0.0.2", "10.0.0.1"];
        assert.deepEqual([behind(["1.1.1.1", ...four]), behind(["1.1.1.1", "10.0.0.5", ...four])], [true, false]);
    });

    it("matches entries as Okta keeps them: with host bits, and never IPv6", () => {
        assert.deepEqual([isInside(["9.9.9.1"]), isInside(["9.9.8.255"]), isInside([])], [true, false, false]);
    });

    it("takes a hop that is not an IPv4 address for one that is in no zone", () => {
        assert.equal(isInside(["1.1.1", "2.2.2.2"]), false);
        assert.equal(isInside(["2001:db8::1"]), false);
        assert.equal(isInside(["::ffff:1.1.1.1"]), false);
        assert.equal(isInside(["1.1.1.1", "2001:db8::1", "2.2.2.2"]), true);
        assert.equal(isInside(["1.1.1.1", "2001:db8::1", "2.2.2.2"], "strict"), false);
        assert.equal(isInside(["nonsense", "1.1.1.1"]), true);
        assert.equal(isInside(["nonsense", "3.3.3.3"]), false);
    });
});
