import { strict as assert } from "node:assert";

import { openUserLookup } from "../../../src/agent/group/userLookup";
import { coded } from "../../../src/core/errors/errors";
import type { OktaUser } from "../../../src/core/group/users";
import { virtualClock } from "../../support/virtualClock";

const ANA: OktaUser = { id: "00uana", login: "ana@example.com", status: "ACTIVE" };

/** A lookup whose Okta gives these answers, the last one again and again. */
function open(answers: Readonly<Record<string, readonly (OktaUser | Error)[]>>) {
    const clock = virtualClock(0);
    const asked: string[] = [];
    const stop = new AbortController();
    let [news, atOnce, most] = [0, 0, 0];
    const lookup = openUserLookup({
        clock,
        onNews: () => void news++,
        store: {
            async findUser(name) {
                const turn = asked.filter((each) => each === name).length;
                asked.push(name);
                most = Math.max(most, ++atOnce);
                await Promise.resolve();
                atOnce--;
                const all = answers[name] ?? [];
                const answer = all[Math.min(turn, all.length - 1)];
                if (answer === undefined || answer instanceof Error) throw answer ?? nobody();
                return answer;
            },
        },
    });
    const running = lookup.run(stop.signal);
    return {
        ...{ lookup, clock, asked, running },
        news: () => news,
        mostAtOnce: () => most,
        async [Symbol.asyncDispose]() {
            stop.abort();
            await running;
        },
    };
}

function nobody(): Error {
    return Object.assign(coded("okta-refused", "404"), { status: 404 });
}

describe("openUserLookup", () => {
    it("asks for each name once, and keeps the answer for as long as it is wanted", async () => {
        await using scene = open({ "ana@example.com": [ANA] });
        const { lookup, clock, asked } = scene;
        lookup.want(new Set(["ana@example.com"]));
        assert.deepEqual(lookup.userOf("ana@example.com"), { state: "asked" });
        await clock.pass(10 * 60_000);
        assert.deepEqual(lookup.userOf("ana@example.com"), { state: "found", id: "00uana" });
        assert.deepEqual([asked, scene.news()], [["ana@example.com"], 1]);
        lookup.want(new Set());
        assert.deepEqual(lookup.userOf("ana@example.com"), { state: "asked" });
    });

    it("asks for eight at a time", async () => {
        const names = Array.from({ length: 20 }, (_, index) => `u${index}@example.com`);
        await using scene = open(Object.fromEntries(names.map((name) => [name, [{ ...ANA, id: name, login: name }]])));
        scene.lookup.want(new Set(names));
        await scene.clock.pass(0);
        assert.deepEqual([scene.asked.length, scene.mostAtOnce()], [20, 8]);
    });

    it("asks a minute later again for somebody whom Okta does not know", async () => {
        await using scene = open({ "ana@example.com": [nobody(), ANA] });
        const { lookup, clock } = scene;
        lookup.want(new Set(["ana@example.com"]));
        await clock.pass(59_999);
        assert.deepEqual(lookup.userOf("ana@example.com"), {
            state: "refused",
            why: "Okta has no user ana@example.com",
        });
        await clock.pass(1);
        assert.equal(lookup.userOf("ana@example.com").state, "found");
    });

    it("asks again after 1, 2 and 4 s where Okta cannot be asked, and says why meanwhile", async () => {
        const away = coded("okta-unreachable", "Okta gave no answer");
        await using scene = open({ "ana@example.com": [away, away, away, ANA] });
        const { lookup, clock, asked } = scene;
        lookup.want(new Set(["ana@example.com"]));
        const counts: number[] = [];
        for (const ms of [0, 1000, 2000, 3999, 1]) {
            await clock.pass(ms);
            counts.push(asked.length);
        }
        assert.deepEqual(counts, [1, 2, 3, 3, 4]);
        assert.equal(lookup.userOf("ana@example.com").state, "found");
    });

    it("says of a suspended user that they are, and looks again, since they may be back", async () => {
        await using scene = open({ "ana@example.com": [{ ...ANA, status: "SUSPENDED" }, ANA] });
        const { lookup, clock } = scene;
        lookup.want(new Set(["ana@example.com"]));
        await clock.pass(0);
        assert.deepEqual(lookup.userOf("ana@example.com"), {
            ...{ state: "refused", id: "00uana", why: "the user ana@example.com is suspended" },
        });
        await clock.pass(75_000);
        assert.equal(lookup.userOf("ana@example.com").state, "found");
    });

    it("learns from the members of a group, and does not ask for them", async () => {
        await using scene = open({});
        scene.lookup.learn([ANA]);
        assert.equal(scene.lookup.userOf("ana@example.com").state, "asked");
        scene.lookup.want(new Set(["ana@example.com", "00uana"]));
        scene.lookup.learn([ANA]);
        await scene.clock.pass(0);
        assert.deepEqual(
            ["ana@example.com", "00uana"].map((key) => scene.lookup.userOf(key).state),
            ["found", "found"],
        );
    });

    it("asks anew for a login whose user has another one now", async () => {
        const successor = { ...ANA, id: "00uana2" };
        await using scene = open({ "ana@example.com": [ANA, successor] });
        const { lookup, clock } = scene;
        lookup.want(new Set(["ana@example.com"]));
        await clock.pass(0);
        lookup.learn([{ ...ANA, login: "ana.married@example.com" }]);
        assert.deepEqual(lookup.userOf("ana@example.com"), { state: "asked" });
        await clock.pass(15_000);
        assert.deepEqual(lookup.userOf("ana@example.com"), { state: "found", id: "00uana2" });
    });

    it("asks anew for a user whom Okta does not have any more", async () => {
        await using scene = open({ "ana@example.com": [ANA, nobody()] });
        const { lookup, clock } = scene;
        lookup.want(new Set(["ana@example.com"]));
        await clock.pass(0);
        lookup.forget("00uana");
        await clock.pass(0);
        assert.equal(lookup.userOf("ana@example.com").state, "refused");
    });

    it("counts a version for each name that means something else, and for no other answer", async () => {
        await using scene = open({ "ana@example.com": [nobody()] });
        const { lookup, clock } = scene;
        lookup.want(new Set(["ana@example.com"]));
        await clock.pass(0);
        const first = lookup.version();
        await clock.pass(10 * 60_000);
        assert.ok(scene.asked.length > 3);
        assert.equal(lookup.version(), first);
    });

    it("ends with an error that is no answer of Okta's", async () => {
        const { lookup, clock, running } = open({ "ana@example.com": [new TypeError("a bug")] });
        const ended = assert.rejects(running, /a bug/);
        lookup.want(new Set(["ana@example.com"]));
        await clock.pass(0);
        await ended;
    });
});
