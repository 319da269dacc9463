import { strict as assert } from "node:assert";

import fastifyCookie from "@fastify/cookie";
import { fastify } from "fastify";

import { openCookies } from "../../src/portal/http/cookies";

/** The cookies that a portal at an address sets, each with its attributes in small letters. */
async function setBy(url: string): Promise<readonly (readonly string[])[]> {
    const cookies = openCookies(url);
    const app = fastify({ logger: false });
    await app.register(fastifyCookie);
    app.get("/", async (request, reply) => {
        cookies.setSession(reply, "a", 36_000_000);
        cookies.setLogin(reply, "b", 600_000);
        cookies.setTyped(request, reply, "c".repeat(8_000), 600_000);
        return "";
    });
    const { headers } = await app.inject("/");
    await app.close();
    return [headers["set-cookie"] ?? []].flat().map((text) => text.split("; ").map((part) => part.toLowerCase()));
}

const NAMES = ["zonekeeper", "zonekeeper-login", "zonekeeper-typed-0", "zonekeeper-typed-1", "zonekeeper-typed-2"];

describe("the cookies of a portal", () => {
    for (const [url, prefix, isSecure] of [
        ["https://access.example.com", "__host-", true],
        ["http://127.0.0.1:9465", "", false],
    ] as const) {
        it(`of ${url} are for its host alone, and no script reads them`, async () => {
            const found = await setBy(url);
            const named = found.map(([pair = ""]) => pair.split("=")[0]);
            assert.deepEqual(
                named,
                NAMES.map((name) => `${prefix}${name}`),
            );
            for (const [pair, ...attributes] of found) {
                for (const wanted of ["path=/", "httponly", "samesite=lax"])
                    assert.ok(attributes.includes(wanted), pair);
                assert.equal(attributes.includes("secure"), isSecure, pair);
                assert.ok(!attributes.some((each) => each.startsWith("domain")), pair);
                assert.ok(attributes.some((each) => /^max-age=\d+$/.test(each)));
            }
        });
    }
});
