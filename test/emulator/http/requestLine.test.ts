import { strict as assert } from "node:assert";
import { connect } from "node:net";

import { type Emulator, startEmulator } from "../../../emulator/emulator";

/** Sends a request as it is and gives the status and what the emulator wrote down. */
async function send({ url, requests }: Emulator, target: string, ...headers: readonly string[]) {
    const { hostname, port } = new URL(url);
    const lines = [`GET ${target} HTTP/1.1`, "Host: acme.okta.com", "Connection: close", ...headers, "", ""];
    const text = await new Promise<string>((resolve, reject) => {
        let received = "";
        const socket = connect(Number(port), hostname, () => socket.write(lines.join("\r\n")));
        socket.setEncoding("utf8").on("data", (part) => {
            received += part;
        });
        socket.on("end", () => resolve(received)).on("error", reject);
    });
    return {
        status: Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]),
        path: requests.at(-1)?.path,
        body: text.split("\r\n\r\n")[1],
    };
}

describe("request lines", () => {
    let emulator: Emulator;
    before(async () => {
        emulator = await startEmulator();
    });
    after(() => emulator.close());
    const authorization = "Authorization: SSWS x";

    it("may be absolute, as from a client that takes the emulator for a proxy", async () => {
        const { status, path, body } = await send(
            emulator,
            `${emulator.url}/api/v1/zones?limit=1`,
            authorization,
            "Proxy-Authorization: Basic Og==",
        );
        assert.deepEqual([status, path], [200, "/api/v1/zones?limit=1"]);
        assert.match(body ?? "", new RegExp(`"href":"${emulator.url}/api/v1/zones/nzo`));
    });

    it("may be absolute and name another host, whose links are still the emulator's", async () => {
        const { status, path, body } = await send(emulator, "http://acme.okta.com/.well-known/okta-organization");
        assert.deepEqual([status, path], [200, "/.well-known/okta-organization"]);
        assert.match(body ?? "", new RegExp(`"organization":\\{"href":"${emulator.url}"`));
    });

    it("may be absolute without a path", async () => {
        const { status, path } = await send(emulator, "http://acme.okta.com");
        assert.deepEqual([status, path], [404, "/"]);
    });

    it("may be of the usual form", async () => {
        const { status, path } = await send(emulator, "/api/v1/users/me", authorization);
        assert.deepEqual([status, path], [200, "/api/v1/users/me"]);
    });
});
