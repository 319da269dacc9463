import { strict as assert } from "node:assert";

import { agentView } from "../../support/agentView";
import { errorIn, TOKEN, tryDesk } from "./triedDesk";

describe("POST /api/confirm", () => {
    const held = ["203.0.113.7/32", "203.0.113.8/32"];
    const holding = { view: () => agentView({ held }), token: () => TOKEN };
    const post = (body: string | undefined, authorization = `Bearer ${TOKEN}`) => ({
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        ...(body !== undefined && { body }),
    });

    it("confirms what the caller saw, in whatever order, and says by whom", async () => {
        await using desk = await tryDesk(holding);
        const body = JSON.stringify({ held: [...held].reverse(), by: "mia" });
        const { status, text } = await desk.ask("/api/confirm", post(body));
        assert.deepEqual([status, JSON.parse(text)], [200, { confirmed: held }]);
        assert.deepEqual(desk.confirmed, [{ held, by: "mia" }]);
    });

    it("confirms whatever is held where the caller names nothing", async () => {
        await using desk = await tryDesk(holding);
        for (const body of [undefined, "{}"]) {
            assert.equal((await desk.ask("/api/confirm", post(body))).status, 200);
            assert.deepEqual(desk.confirmed.at(-1), { held, by: "somebody at 127.0.0.1" });
        }
    });

    it("confirms nothing when what is held has changed", async () => {
        await using desk = await tryDesk(holding);
        for (const seen of [
            ["203.0.113.7/32"],
            [...held, "203.0.113.9/32"],
            ["203.0.113.7/32", "203.0.113.9/32"],
            ["203.0.113.7/32", "203.0.113.7/32"],
            [],
        ]) {
            const { status, text } = await desk.ask("/api/confirm", post(JSON.stringify({ held: seen })));
            assert.deepEqual(
                [status, JSON.parse(text)],
                [409, { error: "what is held has changed: look at it again", held }],
            );
        }
        assert.deepEqual(desk.confirmed, []);
    });

    it("says so when nothing is held, or not any more", async () => {
        await using idle = await tryDesk({ token: () => TOKEN });
        const nothing = await idle.ask("/api/confirm", post("{}"));
        assert.deepEqual([nothing.status, errorIn(nothing.text)], [409, "nothing is held"]);
        await using late = await tryDesk({ ...holding, confirm: async () => ({ confirmed: [] }) });
        const gone = await late.ask("/api/confirm", post("{}"));
        assert.deepEqual([gone.status, errorIn(gone.text)], [409, "nothing is held any more"]);
    });

    it("confirms nothing where it stands by", async () => {
        await using desk = await tryDesk({ ...holding, view: () => agentView({ held, isLeading: false }) });
        assert.equal((await desk.ask("/api/confirm", post("{}"))).status, 503);
        assert.deepEqual(desk.confirmed, []);
    });

    it("takes the token only as a bearer's, and none where none is set", async () => {
        await using desk = await tryDesk(holding);
        const password = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
        for (const authorization of ["", "Bearer wrong-token-of-the-agent", password]) {
            const { status, headers } = await desk.ask("/api/confirm", post("{}", authorization));
            assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="zonekeeper"']);
        }
        await using open = await tryDesk({ view: holding.view });
        assert.equal((await open.ask("/api/confirm", post("{}"))).status, 403);
        assert.deepEqual([...desk.confirmed, ...open.confirmed], []);
    });

    it("refuses a body that is something else", async () => {
        await using desk = await tryDesk(holding);
        for (const body of ["{", "[]", '{"held":"all"}', '{"held":[1]}', '{"hold":[]}', '{"by":""}', "null"]) {
            const { status, text } = await desk.ask("/api/confirm", post(body));
            assert.deepEqual(
                [status, errorIn(text)],
                [400, 'the body is not {"held": ["203.0.113.7/32"], "by": "NAME"}'],
                body,
            );
        }
        assert.deepEqual(desk.confirmed, []);
    });
});
