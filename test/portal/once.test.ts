import { strict as assert } from "node:assert";

import type { TestBrowser } from "./browser";
import { ADAM, ANA, ASK, LEA, openPortalScene, type PortalScene } from "./scene";

const TIMES = [1, 2, 3, 4];

describe("a form of the page that is sent several times", () => {
    let scene: PortalScene;

    beforeEach(async () => {
        scene = await openPortalScene();
    });

    afterEach(() => scene[Symbol.asyncDispose]());

    const state = () => scene.store.read(new AbortController().signal);
    /** The fields of the first form with this action and content that a browser sends by itself. */
    const fieldsOf = (browser: TestBrowser, action: string, content: string): Record<string, string> => {
        const forms = browser.page.text.match(/<form[\s\S]*?<\/form>/g) ?? [];
        const form = forms.find((each) => each.includes(`action="${action}"`) && each.includes(content));
        const hidden = form?.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g) ?? assert.fail(action);
        return Object.fromEntries([...hidden].map(([, name, value]) => [name ?? "", value ?? ""]));
    };
    /** Where a click leads: nothing is followed, as of several clicks a browser shows the last answer only. */
    const click = async (browser: TestBrowser, action: string, fields: Record<string, string>) => {
        const { status, headers } = await browser.ask(`${scene.url}${action}`, {
            method: "POST",
            headers: { origin: scene.url, "content-type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams(fields),
        });
        return `${status} ${headers.get("location")}`;
    };
    const fourTimes = async (browser: TestBrowser, action: string, fields: Record<string, string>) => {
        const lines = () => scene.log.filter((line) => !/signed in|session ended/.test(line)).length;
        const before = lines();
        const answers = await Promise.all(TIMES.map(() => click(browser, action, fields)));
        const once = lines() - before;
        const answer = await click(browser, action, fields);
        assert.deepEqual(new Set(answers), new Set([answer]), "every click leads to the same page");
        assert.equal(lines() - before, once, "a later click is no event");
        return answer;
    };
    const payroll = (browser: TestBrowser) => fieldsOf(browser, "/do/grants", 'value="payroll"');

    it("makes one grant, also at the same time, and each click leads to it", async () => {
        const ana = await scene.person(ANA);
        const answer = await fourTimes(ana, "/do/grants", payroll(ana));
        const grants = [...(await state()).grants.values()];
        assert.equal(grants.length, 1);
        assert.equal(answer, `303 /?done=granted&id=${grants[0]?.id}`);
    });

    it("makes one request, one extension and one withdrawal", async () => {
        const ana = await scene.person(ANA);
        const { access: _, ...typed } = ASK;
        const fields = { ...fieldsOf(ana, "/do/grants", 'value="production"'), ...typed };
        await fourTimes(ana, "/do/grants", fields);
        const [request, ...more] = (await state()).requests.values();
        assert.deepEqual([more.length, request?.state], [0, "waiting"]);
        await ana.go(`${scene.url}/`);
        const at = `/do/requests/${request?.id}`;
        assert.match(await fourTimes(ana, at, fieldsOf(ana, at, "withdraw")), /^303 .*done=withdrawn/);
        await ana.submit("/do/grants", payroll(ana));
        const [grant] = (await state()).grants.values();
        const extend = `/do/grants/${grant?.id}/extend`;
        const extension = { ...fieldsOf(ana, extend, "Extend"), duration: "6h" };
        assert.match(await fourTimes(ana, extend, extension), /^303 .*done=extended/);
    });

    it("makes one grant by break-glass, one review, one approval, and one end of a person's access", async () => {
        const [ana, lea, adam] = [await scene.person(ANA), await scene.person(LEA), await scene.person(ADAM)];
        await scene.api(ana, "POST", "/api/v1/grants", ASK);
        await ana.go(`${scene.url}/`);
        const fields = { ...fieldsOf(ana, "/do/grants", 'name="breakGlass"'), reason: "it burns" };
        await fourTimes(ana, "/do/grants", fields);
        const { grants, requests } = await state();
        assert.equal(grants.size, 1);
        await lea.go(`${scene.url}/`);
        const [review, decision] = [
            `/do/grants/${[...grants.keys()][0]}/sign-off`,
            `/do/requests/${[...requests.keys()][0]}`,
        ];
        assert.match(await fourTimes(lea, review, fieldsOf(lea, review, "Sign off")), /done=signed-off/);
        const approval = { ...fieldsOf(lea, decision, "Approve"), decision: "approve" };
        assert.match(await fourTimes(lea, decision, approval), /^303 .*done=approved/);
        assert.equal((await state()).grants.size, 2);
        const whom = { ...fieldsOf(adam, "/do/people/revoke", "End all"), user: ANA ?? "" };
        assert.match(await fourTimes(adam, "/do/people/revoke", whom), /^303 .*done=revoked-person/);
        assert.equal((await state()).revocations.size, 1);
    });

    it("has another key on a page that was loaded again, which is another request", async () => {
        const ana = await scene.person(ANA);
        const first = payroll(ana);
        await ana.go(`${scene.url}/`);
        const second = payroll(ana);
        assert.notEqual(first.once, second.once);
        const answers = [await click(ana, "/do/grants", first), await click(ana, "/do/grants", second)];
        assert.notEqual(answers[0], answers[1]);
        assert.equal((await state()).grants.size, 2);
    });

    it("is another request where its fields were changed, and where it was refused before", async () => {
        const ana = await scene.person(ANA);
        const fields = payroll(ana);
        assert.match(await click(ana, "/do/grants", { ...fields, duration: "99h" }), /^422/);
        assert.match(await click(ana, "/do/grants", { ...fields, duration: "2h" }), /^303/);
        assert.match(await click(ana, "/do/grants", { ...fields, duration: "3h" }), /^303/);
        assert.equal((await state()).grants.size, 2);
    });

    it("counts for its own sender only", async () => {
        const [ana, lea] = [await scene.person(ANA), await scene.person(LEA)];
        const { once = "" } = payroll(ana);
        const answers = [
            await click(ana, "/do/grants", payroll(ana)),
            await click(lea, "/do/grants", { ...payroll(lea), once }),
        ];
        assert.notEqual(answers[0], answers[1]);
        assert.equal((await state()).grants.size, 2);
    });

    for (const once of ["", "a b", "x".repeat(65), "ä"]) {
        it(`is refused with the key ${JSON.stringify(once.slice(0, 10))} that no page has`, async () => {
            const ana = await scene.person(ANA);
            await ana.submit("/do/grants", { ...payroll(ana), once });
            assert.equal(ana.page.status, 400);
            assert.match(ana.page.text, /once is not 1 to 64 letters, digits, - and _: load the page again/);
            assert.equal((await state()).grants.size, 0);
        });
    }
});
