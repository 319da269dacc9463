import { strict as assert } from "node:assert";
import { RunError } from "@pulumi/pulumi";

import { stackSettings } from "../../components/stackSettings";
import { declared } from "../support/declared";

async function settingsOf(config: Readonly<Record<string, string>>, stack: string) {
    let settings: unknown;
    await declared(
        () => {
            settings = stackSettings();
        },
        { config, stack },
    );
    return settings;
}

describe("stackSettings", () => {
    it("reads what the stack says of Zonekeeper, and nothing of others", async () => {
        const config = {
            "zonekeeper:source": '{"type":"file","path":"grants.dev.yaml"}',
            "zonekeeper:shards": "2",
            "okta:orgName": "acme",
            "other:shards": "9",
        };
        assert.deepEqual(await settingsOf(config, "preview"), {
            zoneName: "Zonekeeper (preview)",
            source: { type: "file", path: "grants.dev.yaml" },
            membership: "pulumi",
            shards: 2,
        });
    });

    it("ends the program with a sentence and no stack for a setting that is wrong", async () => {
        const config = { "zonekeeper:source": "grants.yaml", "zonekeeper:shards": "two" };
        const message = 'zonekeeper:shards "two" is not a whole number from 1 to 100, the most zones of an org';
        await assert.rejects(
            settingsOf(config, "dev"),
            (error) =>
                RunError.isInstance(error) && error.message === error.stack && error.message === `${message} [ZK002]`,
        );
    });
});
