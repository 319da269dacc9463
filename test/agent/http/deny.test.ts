import { strict as assert } from "node:assert";

import { spanOf } from "../../../src/core/addresses/ip";
import { agentView, at } from "../../support/agentView";
import { NOW } from "../../support/grants";
import { errorIn, openTestServer, type TestServer, TOKEN } from "./testServer";

const WITH_TOKEN = { token: () => TOKEN };
const BEARER = { authorization: `Bearer ${TOKEN}` };

describe("/api/deny", () => {
    const post = (server: TestServer, body: unknown, headers: Readonly<Record<string, string>> = BEARER) => {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        return server.ask("/api/deny", { method: "POST", headers, body: text });
    };

    it("denies a user, an address or a grant, and says under which id", async () => {
        await using server = await openTestServer(WITH_TOKEN);
        const given = [
            [{ user: "ana@example.com" }, { user: "ana@example.com" }, { user: "ana@example.com" }],
            [{ address: "203.0.113.7" }, { address: "203.0.113.7/32" }, { span: spanOf("203.0.113.7") }],
            [{ address: "203.0.112.0/23" }, { address: "203.0.112.0/23" }, { span: spanOf("203.0.112.0/23") }],
            [{ address: "10.0.0.1-10.0.0.9" }, { address: "10.0.0.1-10.0.0.9" }, { span: spanOf("10.0.0.1-10.0.0.9") }],
            [{ grant: " g-101" }, { grant: " g-101" }, { grant: " g-101" }],
        ] as const;
        for (const [target, told] of given) {
            const { status, text } = await post(server, { ...target, reason: "INC-7", by: "mia", until: at(60) });
            const { id, note: _, ...rest } = JSON.parse(text);
            assert.deepEqual([status, rest], [201, { ...told, until: at(60), reason: "INC-7", by: "mia", at: at(0) }]);
            assert.equal(server.denials.at(-1)?.id, id);
        }
        const kept = server.denials.map(
            ({ id: _, reason: __, by: ___, untilMs: ____, atMs: _____, ...target }) => target,
        );
        assert.deepEqual(
            kept,
            given.map(([, , each]) => each),
        );
        assert.equal(server.denials[0]?.untilMs, NOW + 60_000);
    });

    it("denies until it is lifted if no end is given, and records the caller", async () => {
        await using server = await openTestServer(WITH_TOKEN);
        for (const rest of [{}, { until: null, by: null, grant: null }]) {
            const { status, text } = await post(server, { user: "ana", reason: "first\nline \u202e", ...rest });
            const { id: _, note: __, ...told } = JSON.parse(text);
            const by = "a client at 127.0.0.1";
            assert.deepEqual([status, told], [201, { until: null, user: "ana", reason: "first line", by, at: at(0) }]);
        }
    });

    it("does not wait for a reason", async () => {
        await using server = await openTestServer(WITH_TOKEN);
        for (const body of [{ user: "ana" }, { user: "ana", reason: null }]) {
            const { status, text } = await post(server, body);
            assert.deepEqual([status, JSON.parse(text).reason], [201, "no reason given"]);
        }
    });

    const WRONG: readonly (readonly [body: unknown, error: string])[] = [
        ["", "exactly one of user, address and grant says who is denied; the body has none"],
        ["{", 'the body is not {"user" or "address" or "grant": "…", "reason": "…", "until": "…"}'],
        ["[]", 'the body is not {"user" or "address" or "grant": "…", "reason": "…", "until": "…"}'],
        ["null", 'the body is not {"user" or "address" or "grant": "…", "reason": "…", "until": "…"}'],
        ['{"user":"ana","user":"bo","reason":"x"}', 'the key "user" is there twice in one object at line 1, column 15'],
        [{ reason: "x" }, "exactly one of user, address and grant says who is denied; the body has none"],
        [
            { user: "ana", grant: "g", reason: "x" },
            "exactly one of user, address and grant says who is denied; the body has user and grant",
        ],
        [{ user: "", reason: "x" }, "user is empty"],
        [{ user: " ", reason: "x" }, "user is empty"],
        [{ user: ["ana"], reason: "x" }, "user is a list, which is not a text in quotes"],
        [{ grant: 7, reason: "x" }, "grant is 7, which is not a text in quotes"],
        [{ user: "x".repeat(321), reason: "x" }, "user is longer than 320 characters"],
        [{ user: "ana", reason: "\n" }, "reason is empty"],
        [{ user: "ana", reason: "x".repeat(501) }, "reason is longer than 500 characters"],
        [{ user: "ana", reason: "x", by: "" }, "by is empty"],
        [{ user: "ana", reason: "x", util: at(60) }, 'the body has a field "util": did you mean until?'],
        [
            { user: "ana", reason: "x", ticket: "INC-7" },
            'the body has a field "ticket": it may have user, address, grant, until, reason, by',
        ],
        [
            { user: "ana", reason: "x", until: "tomorrow" },
            'until is "tomorrow", which is no moment such as 2026-12-01T18:00:00Z',
        ],
        [
            { user: "ana", reason: "x", until: "2027-12-01T18:00:00" },
            'until is "2027-12-01T18:00:00", which is no moment such as 2026-12-01T18:00:00Z',
        ],
        [{ user: "ana", reason: "x", until: 60 }, "until is 60, which is no moment such as 2026-12-01T18:00:00Z"],
        [
            { user: "ana", reason: "x", until: at(0) },
            `until is "${at(0)}", which is over: this agent's clock says ${at(0)}`,
        ],
        [
            { address: "203.0.113.7/24", reason: "x" },
            'address "203.0.113.7/24" has host bits; write 203.0.113.0/24 or 203.0.113.7/32',
        ],
        ...["2001:db8::1", "203.0.113", "", "203.0.113.9-203.0.113.7"].map(
            (address) =>
                [
                    { address, reason: "x" },
                    `address ${JSON.stringify(address)} is not an IPv4 address, CIDR or range, such as 203.0.113.7, 203.0.113.0/24 or 203.0.113.4-203.0.113.9`,
                ] as const,
        ),
        [
            { address: "0.0.0.0/0", reason: "x" },
            "address 0.0.0.0/0 would put everybody out; if that is meant, deny 0.0.0.0/1 and 128.0.0.0/1",
        ],
    ];
    for (const [body, error] of WRONG) {
        it(`refuses ${JSON.stringify(body).slice(0, 60)}`, async () => {
            await using server = await openTestServer(WITH_TOKEN);
            const { status, text } = await post(server, body);
            assert.deepEqual([status, errorIn(text), server.denials], [400, error, []]);
        });
    }

    it("refuses a body that is longer than any denial", async () => {
        await using server = await openTestServer(WITH_TOKEN);
        const { status } = await post(server, { user: "ana", reason: "x", by: "y".repeat(17_000) });
        assert.deepEqual([status, server.denials], [413, []]);
    });

    it("needs the token, as a bearer's alone, to deny and to lift", async () => {
        await using server = await openTestServer(WITH_TOKEN);
        await post(server, { user: "ana", reason: "x" });
        const password = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
        for (const authorization of ["", "Bearer wrong-token-of-the-agent", password]) {
            assert.equal((await post(server, { user: "bo", reason: "x" }, { authorization })).status, 401);
            const lifting = { method: "DELETE", headers: { authorization } };
            assert.equal((await server.ask("/api/deny/d-1", lifting)).status, 401);
        }
        assert.equal(server.denials.length, 1);
        await using open = await openTestServer();
        const { status, text } = await post(open, { user: "ana", reason: "x" }, {});
        assert.deepEqual(
            [status, errorIn(text)],
            [
                403,
                "without a token this agent takes no confirmation and no denial: set token: env:NAME in its configuration",
            ],
        );
    });

    it("lists what is denied now, as any other path that shows who is in", async () => {
        await using server = await openTestServer(WITH_TOKEN);
        await post(server, { user: "ana", reason: "x", until: at(60), by: "mia" });
        await post(server, { grant: "g-1", reason: "y", by: "bo" });
        const list = async () => JSON.parse((await server.ask("/api/deny")).text);
        const grant = { id: "d-2", until: null, grant: "g-1", reason: "y", by: "bo", at: at(0) };
        assert.deepEqual(await list(), {
            denials: [{ id: "d-1", until: at(60), user: "ana", reason: "x", by: "mia", at: at(0) }, grant],
        });
        server.clock.pass(60_000);
        assert.deepEqual(await list(), { denials: [grant] });
        await using network = await openTestServer({ ...WITH_TOKEN, listen: { host: "0.0.0.0", port: 0 } });
        assert.equal((await network.ask("/api/deny")).status, 401);
        assert.equal((await network.ask("/api/deny", { headers: BEARER })).status, 200);
    });

    it("says where no grant that is known matches the denial", async () => {
        const [known] = agentView().grants;
        const grants = known && [{ ...known, id: "g-1", user: "ana@example.com" }];
        await using server = await openTestServer({
            ...WITH_TOKEN,
            view: () => agentView({ ...(grants && { grants }) }),
        });
        const given = [
            [{ user: "ANA@example.com" }, false],
            [{ user: "00uana" }, true],
            [{ grant: "g-1" }, false],
            [{ grant: "g-2" }, true],
            [{ address: "203.0.113.200" }, false],
        ] as const;
        for (const [target, isNoted] of given) {
            const { status, text } = await post(server, { ...target, reason: "x" });
            assert.deepEqual([status, "note" in JSON.parse(text)], [201, isNoted], text);
        }
    });

    it("lifts a denial by its id, and says which it was", async () => {
        await using server = await openTestServer(WITH_TOKEN);
        const { id, note: _, ...told } = JSON.parse((await post(server, { user: "ana", reason: "x" })).text);
        const lift = (path: string, body?: string) =>
            server.ask(path, {
                method: "DELETE",
                headers: { ...BEARER, "content-length": String(body?.length ?? 0) },
                ...(body !== undefined && { body }),
            });
        const unknown = await lift("/api/deny/nobody");
        assert.deepEqual(
            [unknown.status, errorIn(unknown.text)],
            [404, 'there is no denial "nobody"; GET /api/deny lists them'],
        );
        const wrong = await lift(`/api/deny/${id}`, '{"ticket":"x"}');
        assert.deepEqual(
            [wrong.status, errorIn(wrong.text)],
            [400, 'the body has a field "ticket": it may have by, reason'],
        );
        const { status, text } = await lift(`/api/deny/${id}`, '{"by":"mia","reason":"found"}');
        assert.deepEqual([status, JSON.parse(text), server.denials], [200, { lifted: { id, ...told } }, []]);
    });

    it("answers 202 on a standby, and that the leader needs the denial too", async () => {
        const standby = { ...WITH_TOKEN, view: () => agentView({ isLeading: false }) };
        await using server = await openTestServer(standby);
        const denied = await post(server, { user: "ana", reason: "x" });
        const { note, id } = JSON.parse(denied.text);
        assert.deepEqual(
            [denied.status, note],
            [202, "this agent stands by: the denial counts here once it leads; tell the agent that leads as well"],
        );
        const lifted = await server.ask(`/api/deny/${id}`, { method: "DELETE", headers: BEARER });
        assert.equal(lifted.status, 202);
    });

    it("says what could not be written down", async () => {
        const denial = { id: "d-1", user: "ana", reason: "x", by: "mia", atMs: NOW };
        const denials = {
            isShared: false,
            list: () => [denial],
            add: async () => ({ denial, isNew: true, unkept: "no space left" }),
            lift: async () => ({ unkept: "no space left" }),
        };
        await using server = await openTestServer({ ...WITH_TOKEN, denials });
        const denied = await post(server, { user: "ana", reason: "x" });
        assert.deepEqual(
            [denied.status, JSON.parse(denied.text).id, errorIn(denied.text)],
            [
                500,
                "d-1",
                "it is denied, but could not be written down (no space left): a restart would forget it; send it again once that is mended",
            ],
        );
        const lifted = await server.ask("/api/deny/d-1", { method: "DELETE", headers: BEARER });
        assert.deepEqual(
            [lifted.status, errorIn(lifted.text)],
            [500, "it is denied still, as the change could not be written down: no space left"],
        );
    });

    it("says 200 to the same denial again, and 409 where there are too many", async () => {
        const denial = { id: "d-1", user: "ana", reason: "x", by: "mia", atMs: NOW };
        const denials = { isShared: false, list: () => [], lift: async () => ({ problem: "unknown" as const }) };
        await using again = await openTestServer({
            ...WITH_TOKEN,
            denials: { ...denials, add: async () => ({ denial, isNew: false }) },
        });
        assert.equal((await post(again, { user: "ana", reason: "x" })).status, 200);
        await using full = await openTestServer({
            ...WITH_TOKEN,
            denials: { ...denials, add: async () => ({ problem: "too-many" as const }) },
        });
        const { status, text } = await post(full, { user: "ana", reason: "x" });
        assert.deepEqual([status, errorIn(text)], [409, "there are 1000 denials already: lift some, or deny a range"]);
    });
});
