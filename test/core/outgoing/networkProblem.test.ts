import { strict as assert } from "node:assert";
import { lookup } from "node:dns/promises";
import { createServer } from "node:net";

import { networkProblem } from "../../../src/core/outgoing/networkProblem";

const WAY = "check the address, and that no firewall is in between";
const CLOSED = "the connection was closed before an answer came; check the address, and whether it is http or https";

function thrown(code: string, fields: object = {}, message = code): Error {
    return new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }, fields) });
}

describe("networkProblem", () => {
    const here = { address: "192.0.2.7", port: 443 };
    const table: [error: Error, text: string, again: string][] = [
        [
            thrown("ECONNREFUSED", here),
            "192.0.2.7:443 refused the connection; check the address, and that the server runs",
            "always",
        ],
        [
            thrown("ECONNREFUSED", { address: "::1", port: 5432 }),
            "[::1]:5432 refused the connection; check the address, and that the server runs",
            "always",
        ],
        [
            thrown("ECONNREFUSED"),
            "the server refused the connection; check the address, and that the server runs",
            "always",
        ],
        [thrown("ENOTFOUND", { hostname: "a.example" }), "there is no host a.example; check the address", "never"],
        [thrown("ENOTFOUND"), "there is no host of this name; check the address", "never"],
        [
            thrown("EAI_AGAIN", { hostname: "a.example" }),
            "the host a.example could not be looked up; check the network's DNS",
            "always",
        ],
        [thrown("ETIMEDOUT", here), `192.0.2.7:443 did not accept the connection in time; ${WAY}`, "always"],
        [thrown("UND_ERR_CONNECT_TIMEOUT"), `the server did not accept the connection in time; ${WAY}`, "always"],
        [thrown("EHOSTUNREACH", here), `192.0.2.7:443 cannot be reached; ${WAY}`, "always"],
        [thrown("ENETUNREACH", here), "there is no route to 192.0.2.7:443; check this machine's network", "always"],
        [thrown("", {}, "bad port"), "Node asks no server at this port, as browsers do not; use another port", "never"],
        [thrown("ECONNRESET", {}, "socket hang up"), CLOSED, "if-repeatable"],
        [thrown("UND_ERR_SOCKET", {}, "other side closed"), CLOSED, "if-repeatable"],
    ];
    for (const [error, text, again] of table) {
        it(`says of ${String((error.cause as Error & { code: string }).code)}: ${text.slice(0, 50)}`, () => {
            assert.deepEqual(networkProblem(error), { text, again });
        });
    }

    it("knows nothing of other errors", () => {
        for (const error of [new Error("fetch failed"), new TypeError("x"), thrown("ENOENT"), undefined]) {
            assert.equal(networkProblem(error), undefined);
        }
    });

    it("takes Node's own errors", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await new Promise((resolve) => server.once("listening", resolve));
        const { port } = server.address() as { port: number };
        await new Promise((resolve) => server.close(resolve));
        const refused = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
        assert.match(
            networkProblem(refused)?.text ?? "",
            new RegExp(`^127\\.0\\.0\\.1:${port} refused the connection;`),
        );
        const unknown = await lookup("nobody.invalid").catch((error: unknown) => error);
        assert.match(networkProblem(unknown)?.text ?? "", /\bnobody\.invalid\b/);
    });
});
