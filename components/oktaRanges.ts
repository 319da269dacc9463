import * as pulumi from "@pulumi/pulumi";

import { systemClock } from "../src/clock";
import { formatSpan } from "../src/core/addresses/ip";
import { hasCode } from "../src/core/errors/errors";
import { networksOf } from "../src/core/ranges/networks";
import { selectCells } from "../src/core/ranges/selectCells";
import { outgoingFetch } from "../src/outgoing/outgoingFetch";
import { PUBLISHED, parsePlace } from "../src/ranges/place";
import { readRanges } from "../src/ranges/readRanges";
import { refuse } from "./refuse";

export interface OktaRangesArgs {
    /** `us_cell_7`, the org's own `OK7`, or a group: `production`, `emea`, `hipaa`, `apac`, `preview`. */
    readonly cells: readonly string[];

    /**
     * A file, relative to the folder of the program, or an https URL. A file in the repository, from
     * `zonekeeper ranges --json`, changes with a commit; Okta's own changes daily.
     *
     * @default the file that Okta publishes
     */
    readonly from?: string;
}

/**
 * Okta's own addresses, as sorted CIDRs, each once: for a zone, a firewall, or
 * whatever else a program declares.
 *
 * It is a promise, so it can be an input as it is. A file that cannot be
 * read rejects it, and then the preview fails before anything is written: a
 * program knows no last good copy, since the next run may be on another machine.
 *
 * @example
 * new RangesZone("okta", { zoneName: "Okta", ranges: oktaRanges({ cells: ["OK7"] }), shards: 3 });
 * @throws a RunError, which Pulumi prints as its sentence alone
 */
export async function oktaRanges(args: OktaRangesArgs): Promise<string[]> {
    const { cells, from = PUBLISHED } = (args ?? {}) as OktaRangesArgs;
    if (!Array.isArray(cells) || cells.length === 0) refuse("oktaRanges: name at least one cell, such as us_cell_7");
    try {
        const warn = (text: string) => void pulumi.log.warn(`oktaRanges: ${text}`);
        const options = { directory: process.cwd(), fetch: outgoingFetch(process.env), ...systemClock, warn };
        const reading = await readRanges(parsePlace(from, "from"), options);
        if (reading.suspicion !== undefined) return refuse(reading.suspicion, "ranges-shrunk");
        const { cells: chosen, missing } = selectCells(reading.ranges.cells, cells);
        if (missing.length > 0) warn(`the file has no ${missing.join(", ")}, so the group lacks it`);
        return networksOf(chosen, "published").map(formatSpan);
    } catch (error) {
        if (!hasCode(error, "bad-input", "ranges-unreadable")) throw error;
        return refuse(`oktaRanges: ${error.message}`, error.code);
    }
}
