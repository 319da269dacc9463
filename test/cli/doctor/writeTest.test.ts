import { strict as assert } from "node:assert";

import { codeNamed } from "../../../src/core/errors/codes";
import { TOKEN } from "../scene";
import { address, HEALTHY, openDoctorScene, said, TWO_ADMINS, USER, ZONE, zone } from "./scene";

describe("zonekeeper doctor --write-test", () => {
    it("writes the sentinel, sees it, and puts the zone back", async () => {
        await using scene = await openDoctorScene();
        const detail = 'the sentinel of "Staff" (nzo1) was written, seen and put back';
        assert.deepEqual(said(await scene.checks(["--zone", ZONE, "--write-test"]), "ZK601"), { status: "ok", detail });
        const states = scene.okta.history.filter(({ zoneId }) => zoneId === ZONE).map(({ gateways }) => gateways);
        assert.deepEqual(states, [["203.0.113.7/32"], ["203.0.113.7/32", "192.0.2.0/32"], ["203.0.113.7/32"]]);
    });

    it("fails for a credential that only reads, and says what it lacks", async () => {
        const tokens = [{ value: TOKEN, userId: USER, access: "read-only" as const }];
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, tokens } });
        const checks = await scene.checks(["--zone", ZONE, "--write-test"]);
        const { status, detail, remedy } = checks.get("ZK601") ?? assert.fail();
        assert.deepEqual([status, remedy], ["fail", codeNamed("okta-forbidden").remedy]);
        assert.match(detail, /^"Staff" \(nzo1\): PUT \/api\/v1\/zones\/nzo1: 403 E0000006/);
    });

    it("tells each zone of several", async () => {
        const zones = [...HEALTHY.zones, zone("nzo2", "List", ["203.0.113.8/32"], { usage: "BLOCKLIST" })];
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, zones } });
        const checks = await scene.checks(["--zone", ZONE, "nzo2", "nzo3", "--write-test"]);
        assert.deepEqual(said(checks, "ZK601"), {
            status: "warn",
            detail: 'not tried where it is not safe: "Staff" (nzo1), "List" (nzo2): it is a BLOCKLIST, nzo3: there is no such zone that can hold grants',
        });
    });

    it("leaves a zone alone that another admin has just written", async () => {
        await using scene = await openDoctorScene({ seed: TWO_ADMINS });
        await writeAs(scene.okta.url, "00tOtHeRaDmIn");
        const checks = await scene.checks(["--zone", ZONE, "--write-test"]);
        const busy =
            'not tried where it is not safe: "Staff" (nzo1): another writer changed it in the last ten minutes';
        assert.deepEqual(said(checks, "ZK601"), { status: "warn", detail: busy });
        assert.deepEqual(said(checks, "ZK602"), {
            status: "warn",
            detail: "1 change in the last day, by A User (00u2), last at TIME",
        });
    });

    it("says so when somebody else wrote in the instant between its read and its write", async () => {
        await using scene = await openDoctorScene();
        const foreignWrite = { gateways: [address("203.0.113.9/32")] };
        // The third GET of the zone: after the second look, and the read before the first write.
        scene.okta.inject({ on: { method: "GET", path: `/zones/${ZONE}` }, skip: 2, do: { foreignWrite } });
        const { status, detail } = said(await scene.checks(["--zone", ZONE, "--write-test"]), "ZK601");
        assert.deepEqual(
            [status, detail],
            [
                "fail",
                "during the test another writer wrote, and may have been undone: by A Stranger (00uStranger000000001), last at TIME",
            ],
        );
    });

    it("does not take its own account for somebody else", async () => {
        await using scene = await openDoctorScene({ seed: TWO_ADMINS });
        await writeAs(scene.okta.url, TOKEN);
        const checks = await scene.checks(["--zone", ZONE, "--write-test"]);
        assert.deepEqual([checks.get("ZK601")?.status, checks.get("ZK602")?.status], ["ok", "ok"]);
    });
});

async function writeAs(url: string, token: string): Promise<void> {
    const response = await fetch(`${url}/api/v1/zones/${ZONE}`, {
        method: "PUT",
        headers: { authorization: `SSWS ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ type: "IP", name: "Staff", gateways: [address("203.0.113.8/32")] }),
    });
    assert.equal(response.status, 200);
}
