import { strict as assert } from "node:assert";

import { connectProxy } from "../outgoing/servers";
import { call, grantsOf, openScene, TOKEN } from "./scene";

const ORG = { OKTA_ORG_NAME: "acme", OKTA_BASE_URL: "okta.test", OKTA_API_TOKEN: TOKEN };
const ZONE = ["--zone", "nzo1"];

describe("a proxy of the environment", () => {
    const commands: readonly (readonly [args: readonly string[], target: string])[] = [
        [["sync", ...ZONE, "--source", "grants.yaml"], "acme.okta.test:443"],
        [["sync", ...ZONE, "--source", "https://grants.test:8443/g"], "grants.test:8443"],
        [["explain", ...ZONE, "--chain", "203.0.113.7"], "acme.okta.test:443"],
        [["adopt", "nzo1"], "acme.okta.test:443"],
        [["ranges", "--from", "https://ranges.test/r.json"], "ranges.test:443"],
        [["ranges", "--org", "https://acme.okta.test", "--from", "https://ranges.test/r.json"], "acme.okta.test:443"],
        [["agent", "--config", "agent.yaml", "--dry-run"], "acme.okta.test:443"],
    ];
    for (const [args, target] of commands) {
        it(`is used by ${args[0]} for ${target}, and named where it refuses`, async () => {
            await using scene = await openScene({}, grantsOf({}));
            await scene.write("agent.yaml", "zones: [nzo1]\nsource: {type: file, path: grants.yaml}\n");
            await using proxy = await connectProxy({}, () => 403);
            const env = { ...ORG, HTTPS_PROXY: `http://ana:pa55word@127.0.0.1:${proxy.port}` };
            const { status, err } = await call(args, { env, directory: scene.directory });
            assert.equal(status, 1);
            assert.match(
                err.join("\n"),
                new RegExp(`the proxy http://127\\.0\\.0\\.1:${proxy.port} \\(from HTTPS_PROXY\\) does not allow `),
            );
            assert.match(err.join("\n"), new RegExp(`does not allow ${target.replaceAll(".", "\\.")} \\(403\\)`));
            assert.doesNotMatch(err.join("\n"), /pa55word/);
        });
    }

    it("is not used for an emulator on this machine", async () => {
        await using scene = await openScene({ nzo1: ["203.0.113.7/32"] }, grantsOf({ g1: "203.0.113.7" }));
        const env = { OKTA_API_TOKEN: TOKEN, HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
        assert.equal((await scene.sync([], env)).status, 0);
    });

    it("that is no URL is a wrong call, and is not shown", async () => {
        await using scene = await openScene({}, grantsOf({}));
        const env = { ...ORG, HTTPS_PROXY: "socks5://ana:pa55word@proxy.test" };
        const { status, err } = await call(["adopt", "nzo1"], { env, directory: scene.directory });
        assert.equal(status, 2);
        assert.match(err.join("\n"), /^zonekeeper: HTTPS_PROXY is not the URL of an HTTP proxy/);
    });
});
