import { strict as assert } from "node:assert";

import { type AskOkta, openOktaAnswers } from "../../../src/agent/status/oktaAnswers";
import { coded } from "../../../src/core/errors/errors";
import type { MembershipAnswer } from "../../../src/core/why/whyOfSeveral";
import { agentView } from "../../support/agentView";
import { openTestServer } from "./testServer";

const ANSWER: MembershipAnswer = {
    ...{ membership: undefined, subject: "ana@example.com", inside: false, because: "the rule is INACTIVE" },
    ...{ next: "Activate it.", lines: [], hasGrant: true },
};

/** Answers by a function, and counts. */
function counted(work: AskOkta) {
    const asked: string[] = [];
    const clock = { ms: 0 };
    const ask: AskOkta = (subject, membership, signal) => {
        asked.push(`${subject} ${membership}`);
        return work(subject, membership, signal);
    };
    return { asked, clock, answers: openOktaAnswers(ask, { now: () => clock.ms }) };
}

describe("openOktaAnswers", () => {
    it("asks the same question once a minute, and another one at once", async () => {
        const { asked, clock, answers } = counted(async () => [ANSWER]);
        await answers("ana", undefined);
        await answers("ana", undefined);
        await answers("ana", "payroll");
        assert.deepEqual(asked, ["ana undefined", "ana payroll"]);
        clock.ms = 60_000;
        assert.deepEqual(await answers("ana", undefined), { answers: [ANSWER] });
        assert.equal(asked.length, 3);
    });

    it("answers one question at a time, and refuses another one meanwhile", async () => {
        let answer: (answers: readonly MembershipAnswer[]) => void = () => {};
        const { answers } = counted(
            () =>
                new Promise((resolve) => {
                    answer = resolve;
                }),
        );
        const first = answers("ana", undefined);
        assert.match((await answers("bo", undefined)).problem ?? "", /^another question is being asked/);
        answer([ANSWER]);
        assert.deepEqual(await first, { answers: [ANSWER] });
    });

    it("says why Okta could not be asked, and keeps at most fifty answers", async () => {
        const { answers } = counted(async () => {
            throw coded("okta-unreachable", "no answer from https://acme.okta.com");
        });
        assert.equal((await answers("ana", undefined)).problem, "no answer from https://acme.okta.com [ZK103]");
        const many = counted(async () => [ANSWER]);
        for (let index = 0; index <= 50; index++) await many.answers(`u${index}`, undefined);
        await many.answers("u0", undefined);
        await many.answers("u50", undefined);
        assert.equal(many.asked.length, 52);
        assert.match(
            (await openOktaAnswers(undefined, { now: () => 0 })("ana", undefined)).problem ?? "",
            /cannot ask Okta/,
        );
    });

    it("gives up when Okta takes too long", async () => {
        const timeout = Object.assign(new Error("late"), { name: "TimeoutError" });
        const { answers } = counted(() => Promise.reject(timeout));
        assert.equal((await answers("ana", undefined)).problem, "no answer of Okta within 10 s");
    });
});

describe("GET / and GET /api/why with okta=true", () => {
    it("answer by what Okta says, and by what the agent knows where it says nothing", async () => {
        let problem = false;
        await using server = await openTestServer({
            view: () => agentView(),
            async askOkta() {
                if (problem) throw coded("okta-throttled", "the rate limit is used up");
                return [ANSWER];
            },
        });
        const asked = JSON.parse((await server.ask("/api/why?subject=ana@example.com&okta=true")).text);
        assert.deepEqual([asked.inside, asked.because], [false, "the rule is INACTIVE"]);
        assert.match(
            (await server.ask("/?address=ana@example.com&okta=true")).text,
            /The rule is INACTIVE|rule is INACTIVE/,
        );
        assert.match(
            (await server.ask("/?address=ana@example.com")).text,
            /id="ask-okta" href="\.\/\?address=ana%40example\.com&amp;okta=true"/,
        );
        problem = true;
        const failed = JSON.parse((await server.ask("/api/why?subject=bo@example.com&okta=true")).text);
        assert.deepEqual([failed.inside, failed.problem], [true, "the rate limit is used up [ZK501]"]);
        const page = (await server.ask("/?address=bo@example.com&okta=true")).text;
        assert.match(page, /This is what the agent knows\. Okta: .*href="errors\/ZK501"/);
    });
});
