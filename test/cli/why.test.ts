import { strict as assert } from "node:assert";

import { HEALTHY } from "./doctor/scene";
import { call, openScene } from "./scene";
import { GRANT, MORE, type Situation, TEN } from "./whyScenes";

interface Line {
    readonly kind: string;
    readonly status: string;
    readonly subject: string;
    readonly message: string;
}

describe("zonekeeper why", () => {
    for (const each of TEN) it(`solves ${each.title}, one of the ten`, () => assertSolved(each));
    for (const each of MORE) it(`solves ${each.title}`, () => assertSolved(each));
});

async function assertSolved(situation: Situation) {
    const { grants = [GRANT], seed = {}, before, subject = "ana@example.com", flags = [] } = situation;
    await using scene = await openScene({}, JSON.stringify({ grants }), { ...HEALTHY, ...seed });
    await before?.(scene);
    const first = scene.okta.requests.length;
    const args = ["--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml", ...flags];
    const { status, out } = await call(["why", subject, ...args, "--json"], { directory: scene.directory });
    const answer = JSON.parse(out);
    assert.deepEqual(Object.keys(answer), ["subject", "inside", "because", "next", "lines"]);
    for (const line of answer.lines) assert.deepEqual(Object.keys(line), ["kind", "status", "subject", "message"]);
    const bad = answer.lines.filter((line: Line) => line.status === "bad").map((line: Line) => line.kind);
    assert.deepEqual({ status, inside: answer.inside, bad }, pick(situation), out);
    assert.match(answer.because, situation.because);
    assert.match(answer.next, situation.next);
    const asked = scene.okta.requests.slice(first).map(({ method }) => method);
    assert.deepEqual([...new Set(asked)], ["GET"]);
}

function pick({ status, inside, bad }: Situation) {
    return { status, inside, bad: [...bad] };
}
