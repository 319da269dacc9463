import { strict as assert } from "node:assert";

import { ask, SECRET, settings, startAgent } from "./agentScene";
import { HEALTHY } from "./doctor/scene";
import { openScene, type Scene } from "./scene";
import { GRANT, type Situation } from "./whyScenes";
import { TEN } from "./whyTen";

const CHECKBOX = `<input id="okta" name="okta" type="checkbox" value="true"`;

/** What the page answers, as plain text. */
function answerOn(page: string): string {
    const [, answer = ""] = /<div data-live="answer">(.*?)<\/section>/s.exec(page) ?? [];
    return answer
        .replace(/<[^>]*>/g, "")
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&lt;", "<")
        .replaceAll("&amp;", "&")
        .replace(/\s+/g, " ");
}

function capitalized(text: string): string {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The person of a situation, and the address that they are granted or come from. */
function subjectsOf({ grants = [GRANT], subject = "ana@example.com" }: Situation): readonly string[] {
    const own = (grants as readonly (typeof GRANT)[]).find(({ user }) => user === subject);
    return [subject, own?.ip ?? "203.0.113.9"];
}

/** What an agent logs last where it starts in such a situation. */
const LAST_EVENTS: Readonly<Record<string, string>> = {
    "an expired grant": "removals.held",
    "an IPv6 grant": "write.failed",
    "a full zone": "grant.refused",
    "a reading that the brake holds": "grant.refused",
    "a source that is down": "grants.unreadable",
    "another writer": "write.failed",
};

/** The agent of a scene, once it has logged that event. */
async function startIn(scene: Scene, event = "grants.accepted") {
    await scene.write("agent.json", settings(scene, "127.0.0.1:0"));
    const agent = await startAgent(scene);
    const headers = { authorization: `Bearer ${SECRET}` };
    const get = async (path: string) => (await fetch(`${agent.url}${path}`, { headers })).text();
    await scene.write("why.json", settings(scene, new URL(agent.url).host));
    await agent.saw(event);
    return {
        get,
        [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
    };
}

describe("the status page of an agent", () => {
    for (const each of TEN) {
        it(`has the answer of zonekeeper why to ${each.title}, by person and by address`, async () => {
            const { grants = [GRANT], seed = {}, before } = each;
            await using scene = await openScene({}, JSON.stringify({ grants }), { ...HEALTHY, ...seed });
            await before?.(scene);
            // What the agent would put right at once is not there to be asked about.
            scene.okta.inject({ on: { method: "PUT" }, times: 1000, do: { status: 503 } });
            await using running = await startIn(scene, LAST_EVENTS[each.title]);
            for (const subject of subjectsOf(each)) {
                const { inside, because, next } = JSON.parse((await ask(scene, subject)).out);
                const query = `=${encodeURIComponent(subject)}&okta=true`;
                const told = JSON.parse(await running.get(`/api/why?subject${query}`));
                assert.deepEqual([told.inside, told.because, told.next], [inside, because, next]);
                const page = answerOn(await running.get(`/?address${query}`));
                assert.ok(page.includes(`${subject} ${inside ? "is in" : "is not in"}.`), page);
                assert.ok(page.includes(`${capitalized(because)}.`), `${because}: ${page}`);
                assert.equal(page.includes("Next: "), next !== "", page);
                assert.ok(page.includes(next), page);
            }
        });
    }

    it("asks Okta unless the reader does not want that, and says where it did not", async () => {
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), HEALTHY);
        await using running = await startIn(scene);
        const form = await running.get("/");
        assert.ok(form.includes(`${CHECKBOX} checked>`));
        const plain = await running.get("/?address=ana@example.com");
        assert.ok(plain.includes(`${CHECKBOX}>`));
        assert.match(answerOn(plain), /Next: If they cannot get in all the same, ask Okta as well:/);
        const both = await running.get("/?address=ana@example.com&okta=true");
        assert.ok(both.includes(`${CHECKBOX} checked>`));
    });
});
