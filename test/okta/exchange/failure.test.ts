import { strict as assert } from "node:assert";

import { connectionFailure, type Failure } from "../../../src/okta/exchange/failure";

function thrown(code: string): Error {
    return new TypeError("fetch failed", { cause: Object.assign(new Error("socket"), { code }) });
}

const WAY = "check the address, and that no firewall is in between";

const LATER = "try again; if it stays, look at status.okta.com, and at what is in between";

describe("connectionFailure", () => {
    const table: [error: Error, problem: string, again: Failure["again"]][] = [
        [thrown("ECONNREFUSED"), `the connection was refused; ${WAY}`, "always"],
        [thrown("ENOTFOUND"), "there is no host of this name; check orgName and baseUrl", "never"],
        [thrown("EAI_AGAIN"), "the name could not be looked up; check the network's DNS", "always"],
        [thrown("UND_ERR_CONNECT_TIMEOUT"), `it did not accept the connection in time; ${WAY}`, "always"],
        [
            thrown("CERT_HAS_EXPIRED"),
            "its TLS certificate has expired; its operator has to renew it, unless the clock here is wrong",
            "never",
        ],
        [thrown("ECONNRESET"), `the connection was lost (ECONNRESET); ${LATER}`, "if-repeatable"],
        [thrown("UND_ERR_SOCKET"), `the connection was lost (UND_ERR_SOCKET); ${LATER}`, "if-repeatable"],
        [
            new TypeError("fetch failed", {
                cause: new AggregateError([Object.assign(new Error(), { code: "ECONNREFUSED" })]),
            }),
            `the connection was refused; ${WAY}`,
            "always",
        ],
        [
            new TypeError("fetch failed", { cause: new Error("bad port") }),
            "Node asks no server at this port, as browsers do not; use another port",
            "never",
        ],
    ];
    for (const [error, problem, again] of table) {
        it(`says of ${problem.slice(0, 50)}: ${again}`, () => {
            assert.deepEqual(connectionFailure(error, "https://acme.okta.com"), {
                problem: `no answer from https://acme.okta.com: ${problem}`,
                again,
                cause: error,
            });
        });
    }
});
