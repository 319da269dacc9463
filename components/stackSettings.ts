import * as pulumi from "@pulumi/pulumi";

import { sentenceOf } from "../src/core/errors/codes";
import { hasCode } from "../src/core/errors/errors";
import { readSettings, type Settings } from "../src/core/settings/settings";
import { unusedSettings } from "../src/core/settings/stackOutputs";
import { sentenceError } from "./refuse";

/**
 * The settings of the stack that runs, from its `zonekeeper:` configuration.
 *
 * @throws a RunError, which Pulumi prints as its sentence alone
 */
export function stackSettings(): Settings {
    const prefix = "zonekeeper:";
    const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
    try {
        const config = Object.fromEntries(own.map(([key, text]) => [key.slice(prefix.length), text]));
        const settings = readSettings(config, pulumi.getStack());
        const unused = unusedSettings(settings, pulumi.getStack());
        if (unused !== undefined) void pulumi.log.warn(unused);
        return settings;
    } catch (error) {
        if (hasCode(error, "bad-input")) throw sentenceError(sentenceOf(error));
        throw error;
    }
}
