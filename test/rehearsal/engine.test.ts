import { strict as assert } from "node:assert";

import { destroy, preview, type Result, refresh, up } from "../../rehearsal/engine";
import { changesIn, openTrial, TOKEN, type Trial } from "./trial";

const NOTE = "pulumi-nodejs:dynamic/test:Note";
const ZONE = "okta:network/zone:Zone";

describe("up", () => {
    let trial: Trial;
    beforeEach(async () => {
        trial = await openTrial("awkward");
    });
    afterEach(() => trial[Symbol.asyncDispose]());

    const run = (name: string, config = {}, more = {}): Promise<Result> =>
        up(trial.options({ "awkward:case": name, ...config }, more));

    it("keeps secrets out of everything but the encrypted state", async () => {
        const config = { "awkward:text": "hush-hush" };
        const secretKeys = ["awkward:text", "okta:apiToken"];
        const first = await run("secret", config, { passphrase: "open sesame", secretKeys });
        assert.deepEqual(first.problems, []);
        assert.deepEqual(first.outputs, { id: "n1", plain: "shown", text: "[secret]" });
        assert.doesNotMatch(JSON.stringify([first, trial.events, await trial.stateText()]), /hush-hush/);
        const second = await run("secret", config, { passphrase: "open sesame", secretKeys });
        assert.deepEqual([second.problems, changesIn(second)], [[], []]);
    });

    it("makes nothing whose secret it could not store, and says what to set", async () => {
        const result = await run("secret", { "awkward:text": "hush-hush" }, { secretKeys: ["awkward:text"] });
        assert.deepEqual(result.problems, [
            `${NOTE} "note": the state holds secrets: set PULUMI_CONFIG_PASSPHRASE to encrypt them [ZK002]`,
        ]);
        assert.doesNotMatch(await trial.stateText(), /Note/);
    });

    it("keeps a resource that was partly made, says why in the provider's words, and completes it later", async () => {
        const failed = await run("partly", { "awkward:fails": "partly" });
        assert.deepEqual(failed.problems, [`${NOTE} "note": half done`]);
        const worse = await run("partly", { "awkward:fails": "wholly" });
        assert.deepEqual(worse.problems, [`${NOTE} "note": cannot keep hello`]);
        const again = await run("partly");
        assert.deepEqual([again.problems, changesIn(again)], [[], [`update ${NOTE}`]]);
    });

    it("keeps the zone of a component that got another name", async () => {
        await run("renamed");
        trial.asked();
        const result = await run("renamed", { "awkward:isNew": "true" });
        assert.deepEqual([result.problems, changesIn(result)], [[], []]);
        assert.deepEqual(trial.asked(), ["GET /api/v1/users/me", "GET /api/v1/users/me"]);
        assert.match(await trial.stateText(), /test:index:Home\$okta:network\/zone:Zone::zone/);
    });

    it("lets a resource have a provider of its own, also when it is destroyed", async () => {
        const config = { "awkward:case": "ownProvider", "awkward:url": trial.okta.url, "awkward:token": "00own-token" };
        const more = { passphrase: "open sesame", secretKeys: ["awkward:token", "okta:apiToken"] };
        const made = await up(trial.options({ ...config, "okta:httpProxy": "http://127.0.0.1:1" }, more));
        assert.deepEqual(made.problems, []);
        assert.doesNotMatch(await trial.stateText(), /00own-token/);
        const gone = await destroy(trial.options({ "okta:httpProxy": "http://127.0.0.1:1" }, more));
        assert.deepEqual(gone.problems, []);
        assert.equal(trial.okta.requests.at(-1)?.method, "DELETE");
    });

    it("answers what the program looks up", async () => {
        const zone = [...trial.okta.org.zones.values()].find(({ type }) => type === "IP");
        const result = await run("looksUp", { "awkward:zoneId": zone?.id ?? "" });
        assert.deepEqual([result.problems, result.outputs.status], [[], "ACTIVE"]);
    });

    it("says once why Okta does not let it in, and never with which token", async () => {
        trial.okta.inject({ on: { path: "/users/me" }, times: 9, do: { status: 401, body: undefined } });
        const result = await run("renamed");
        assert.equal(result.problems.length, 1);
        assert.match(
            result.problems[0] ?? "",
            /^okta:network\/zone:Zone "zone": GET \/api\/v1\/users\/me: 401 .*okta:apiToken/,
        );
        assert.doesNotMatch(JSON.stringify([result, trial.events]), new RegExp(TOKEN));
    });

    it("records what was still being made when something else failed", async () => {
        trial.okta.inject({ on: { method: "POST", path: "/activate" }, do: { delayMs: 2500 } });
        trial.okta.inject({ on: { method: "POST", path: "/zones" }, skip: 1, do: { status: 400, body: undefined } });
        const result = await run("races");
        assert.match(result.problems.join("\n"), /^okta:network\/zone:Zone "\w+": POST \/api\/v1\/zones: 400 [^\n]*$/);
        assert.match(await trial.stateText(), /"id": "nzo/);
    });

    it("ends with the caller's signal, but not before what it has begun is recorded", async () => {
        const stop = new AbortController();
        const onChecked = () => {
            stop.abort();
            return [];
        };
        trial.okta.inject({ on: { path: "/activate" }, do: { delayMs: 500 } });
        const result = await run("hangs", {}, { signal: stop.signal, onChecked });
        assert.deepEqual(result.problems, ["stopped; what was done is recorded"]);
        assert.match(await trial.stateText(), /okta:network\/zone:Zone::zone/);
    });

    it("begins nothing under a signal that was given already", async () => {
        const result = await run("renamed", {}, { signal: AbortSignal.abort(), refresh: true });
        assert.deepEqual([result.problems, trial.asked()], [["stopped; what was done is recorded"], []]);
    });
});

describe("up of a program that fails", () => {
    let trial: Trial;
    let stateBefore: string;
    before(async () => {
        trial = await openTrial("awkward");
        await up(trial.options({ "awkward:case": "renamed" }));
        stateBefore = await trial.stateText();
    });
    after(() => trial[Symbol.asyncDispose]());

    const failures: [because: string, name: string, problem: RegExp][] = [
        [
            "a bug, and where it is",
            "throws",
            /^Running program '.*index\.ts' failed .*:\n.*the program has a bug\n {4}at .*cases\.ts:\d+/s,
        ],
        ["what the user has to set, alone", "runError", /^set zonekeeper:source$/],
        [
            "an end before everything was registered",
            "leaves",
            /^the program ended with status 0, before it had registered everything$/,
        ],
        ["a crash, with what was printed", "crashes", /^the program ended with status 7:\nout of order$/],
        [
            "a type that no provider here has",
            "unknownType",
            /^aws:s3\/bucket:Bucket "bucket": the rehearsal has no provider for aws:s3\/bucket:Bucket; only a Pulumi CLI can deploy it \[ZK002\]$/,
        ],
        [
            "a type that the stand-in lacks",
            "otherOktaType",
            /^okta:group\/group:Group "group": the rehearsal has no resource type okta:group\/group:Group; only a Pulumi CLI can deploy it \[ZK002\]$/,
        ],
    ];
    for (const [because, name, problem] of failures) {
        it(`reports ${because}, and deletes nothing`, async () => {
            const result = await up(trial.options({ "awkward:case": name }));
            assert.equal(result.ok, false);
            assert.equal(result.problems.length, 1);
            assert.match(result.problems[0] ?? "", problem);
            assert.equal(await trial.stateText(), stateBefore);
            assert.ok([...trial.okta.org.zones.values()].some(({ name }) => name === "staff"));
        });
    }
});

describe("preview, refresh and destroy", () => {
    it("are stopped by a check that fails, and say which", async () => {
        await using trial = await openTrial("granted");
        const result = await preview(trial.options({ "granted:gateways": '["0.0.0.0/0"]' }));
        assert.deepEqual(result.problems, [
            'pulumi-nodejs:dynamic/zonekeeper:ZoneMembership "staff": property gateways value ["0.0.0.0/0"] has a problem: 0.0.0.0/0 is everybody [ZK002]',
        ]);
    });

    it("take a zone that is gone out of the state, and make it anew", async () => {
        await using trial = await openTrial("awkward");
        const options = trial.options({ "awkward:case": "renamed" });
        await up(options);
        const [id] = [...trial.okta.org.zones.values()].filter(({ name }) => name === "staff").map((zone) => zone.id);
        trial.okta.org.zones.delete(id ?? "");
        assert.deepEqual(changesIn(await refresh(options)), [`refresh ${ZONE}`]);
        assert.deepEqual(changesIn(await up(options)), [`create ${ZONE}`]);
    });

    it("keep everything when Okta cannot be read", async () => {
        await using trial = await openTrial("awkward");
        const options = trial.options({ "awkward:case": "renamed" }, { refresh: true });
        await up(options);
        const before = await trial.stateText();
        trial.okta.inject({ on: { path: "/zones/" }, do: { status: 403, body: undefined } });
        const result = await up(options);
        assert.match(result.problems.join(), /^okta:network\/zone:Zone "zone": GET \/api\/v1\/zones\/nzo\w+: 403 /);
        assert.equal(await trial.stateText(), before);
        trial.okta.inject({ on: { path: "/users/me" }, do: { status: 401, body: undefined } });
        const refused = await destroy(options);
        assert.equal(refused.problems.length, 1);
        assert.equal(await trial.stateText(), before);
    });
});
