import { strict as assert } from "node:assert";

import { startEmulator } from "../../emulator/emulator";
import { httpSessions } from "../../src/okta/sessions";
import { signal, testClient } from "./support/client";

const users = [{ id: "00u2", login: "bob+x@example.com" }];

describe("httpSessions", () => {
    it("finds a user whose login is written with blanks, line ends or parts of letters, in one way", async () => {
        await using okta = await startEmulator({ seed: { users: [{ id: "00uzoe", login: "zo\u00eb@example.com" }] } });
        const sessions = httpSessions(testClient(okta.url).http);
        for (const login of [" zoe\u0308@example.com", "zo\u00eb@example.com\u00a0\n"]) {
            assert.equal((await sessions.findUser(login, signal)).id, "00uzoe");
        }
        await assert.rejects(sessions.findUser(" me", signal), /not an Okta login/);
    });

    it("finds a user by login, and ends the sessions and tokens, but forgets no device", async () => {
        await using okta = await startEmulator({ seed: { users } });
        const sessions = httpSessions(testClient(okta.url).http);
        const found = await sessions.findUser("bob+x@example.com", signal);
        const { status, requestId } = await sessions.clear(found.id, signal);
        assert.deepEqual([found, status], [{ id: "00u2", login: "bob+x@example.com" }, 204]);
        assert.match(requestId ?? "", /^\S+$/);
        assert.deepEqual(
            okta.requests.map(({ method, path }) => `${method} ${path}`),
            [
                "GET /api/v1/users/bob%2Bx%40example.com",
                "DELETE /api/v1/users/00u2/sessions?oauthTokens=true&forgetDevices=false",
            ],
        );
        const [event] = okta.org.events;
        assert.deepEqual([okta.org.events.length, event?.eventType], [1, "user.session.clear"]);
    });

    it("says in Okta's words that there is no such user", async () => {
        await using okta = await startEmulator({ seed: { users } });
        const sessions = httpSessions(testClient(okta.url).http);
        await assert.rejects(sessions.findUser("eve@example.com", signal), (error: Error & { code?: string }) => {
            assert.match(error.message, /404 E0000007: Not found: Resource not found: eve@example\.com \(User\)/);
            return error.code === "okta-refused";
        });
    });

    it("asks again after a lost answer, since to end sessions twice does no harm", async () => {
        await using okta = await startEmulator({ seed: { users } });
        okta.inject({ on: { method: "DELETE" }, do: { loseResponse: true } });
        const { status } = await httpSessions(testClient(okta.url).http).clear("00u2", signal);
        assert.deepEqual([status, okta.requests.length], [204, 2]);
    });

    for (const user of ["me", "Me", "", ".", "..", "x".repeat(101)]) {
        it(`asks for no user under the name "${user.slice(0, 5)}"`, async () => {
            await using okta = await startEmulator();
            const { http } = testClient(okta.url);
            await assert.rejects(httpSessions(http).findUser(user, signal), {
                code: "bad-input",
                message: `"${user}" is not an Okta login or user id`,
            });
            await assert.rejects(httpSessions(http).clear(`${user}/x`, signal), { code: "bad-input" });
            assert.deepEqual(okta.requests, []);
        });
    }
});
