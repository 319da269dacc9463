import { join } from "node:path";

import { systemClock } from "../clock";
import { formatSpan } from "../core/addresses/ip";
import { codeNamed } from "../core/errors/codes";
import { fail } from "../core/errors/errors";
import { nearest } from "../core/errors/nearest";
import { quote } from "../core/errors/quote";
import { ENTRIES_A_CALL, roomFor, SECURITY_GROUP_RULES } from "../core/ranges/formats/aws";
import { FORMATS, type Format } from "../core/ranges/formats/formats";
import type { View } from "../core/ranges/formats/view";
import { type Cut, diffCells, networksOf } from "../core/ranges/networks";
import { DOMAIN_NOTES, DOMAINS, describeDomains } from "../core/ranges/oktaDomains";
import type { Cell } from "../core/ranges/oktaRanges";
import { cellOfOrg, selectCells } from "../core/ranges/selectCells";
import { normalOrgUrl } from "../okta/exchange/orgUrl";
import { oktaHttp } from "../okta/http";
import { readOrganization } from "../okta/org";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { lastGoodIn } from "../ranges/lastGood";
import { PUBLISHED, parsePlace } from "../ranges/place";
import { type ReadRangesOptions, readRanges } from "../ranges/readRanges";
import { type RangesFlags, rangesCommand } from "./arguments/rangesFlags";
import { describeDiff } from "./describe/describeDiff";
import { STATUS, type Terminal } from "./terminal/terminal";

/** The longest that an org is asked for its cell. */
const ORG_DEADLINE_MS = 60_000;

/**
 * Prints Okta's own addresses. The status is that of something refused where
 * the file lost so much in comparison with the last good one that it seems truncated.
 */
export async function ranges(flags: RangesFlags, terminal: Terminal): Promise<number> {
    const format = formatOf(flags);
    if (flags.domains) return printDomains(flags, format, terminal);
    const place = parsePlace(flags.from ?? PUBLISHED, "--from");
    const old = flags.diff === undefined ? undefined : parsePlace(flags.diff, "--diff");
    const options = readingOptions(flags, terminal);
    if (place.type === "url" && options.lastGood === undefined) {
        terminal.err("zonekeeper: no last good copy is kept, as there is no folder for it: set XDG_CACHE_HOME or HOME");
    }
    const orgCell = flags.org === undefined ? undefined : await readOrgCell(flags.org, terminal);
    const reading = await readRanges(place, options);
    if (reading.suspicion !== undefined) return refuse(reading.suspicion, flags, terminal);
    const { cells } = reading.ranges;
    const names = [...namesIn(flags.cell), ...(orgCell === undefined ? [] : [cellOfOrg(orgCell, cells)])];
    const { cells: chosen, missing } = selectCells(cells, names);
    if (missing.length > 0) terminal.err(`zonekeeper: the file has no ${missing.join(", ")}, so the group lacks it`);
    const cut: Cut = flags.aggregate ? "aggregated" : "published";
    if (old !== undefined) {
        const before = await readRanges(old, { ...options, lastGood: undefined });
        const known = before.suspicion === undefined ? before.ranges.cells : [];
        const asked = [...chosen.map(({ name }) => name), ...missing];
        const same = names.length === 0 ? known : known.filter(({ name }) => asked.includes(name));
        printDiff(same, chosen, cut, format, terminal);
        return STATUS.done;
    }
    const { from, asOf } = reading;
    return print(format, { cells: chosen, cut, from, asOf, command: rangesCommand(flags) }, terminal);
}

function formatOf({ format, json, diff, domains }: RangesFlags): Format {
    const name = format ?? (json ? "json" : "text");
    if (!Object.hasOwn(FORMATS, name)) {
        const known = Object.keys(FORMATS);
        const guess = nearest(name, known);
        const hint = guess === undefined ? "" : `did you mean ${guess}? `;
        return fail("bad-input", `there is no format ${quote(name)}: ${hint}there are ${known.join(", ")}`);
    }
    if (json && name !== "json") fail("bad-input", `--json and --format ${name} say different things: keep one`);
    const plain = name === "text" || name === "json";
    if (diff !== undefined && !plain) fail("bad-input", `--diff prints text or json, not ${name}`);
    if (domains && !plain) fail("bad-input", `--domains prints text or json, not ${name}`);
    return name as Format;
}

function printDomains({ diff, cell, org }: RangesFlags, format: Format, { out }: Terminal): number {
    if ((diff ?? cell ?? org) !== undefined) {
        return fail("bad-input", "--domains lists names, which are the same for every cell: leave out the other flags");
    }
    out(format === "json" ? JSON.stringify({ domains: DOMAINS, notes: DOMAIN_NOTES }) : describeDomains());
    return STATUS.done;
}

function readingOptions({ acceptShrunk = false }: RangesFlags, { env, directory, err }: Terminal): ReadRangesOptions {
    const cache = cacheFolder(env);
    return {
        directory,
        fetch: outgoingFetch(env),
        ...systemClock,
        lastGood: cache === undefined ? undefined : lastGoodIn(cache),
        isShrunkAccepted: acceptShrunk,
        warn: (text) => err(`zonekeeper: ${text}`),
    };
}

/** As the XDG Base Directory Specification has it, and its like on Windows; undefined where there is no home. */
function cacheFolder({ XDG_CACHE_HOME, LOCALAPPDATA, HOME }: Terminal["env"]): string | undefined {
    const folder = XDG_CACHE_HOME || LOCALAPPDATA || (HOME ? join(HOME, ".cache") : undefined);
    return folder === undefined ? undefined : join(folder, "zonekeeper");
}

/** Reads the cell of an org, which needs no credential. */
async function readOrgCell(org: string, { env, err }: Terminal): Promise<string> {
    const connection = { orgUrl: normalOrgUrl(org, "--org") };
    const http = oktaHttp({ connection, fetch: outgoingFetch(env), ...systemClock, onWait: err });
    const { cell } = await readOrganization(http, AbortSignal.timeout(ORG_DEADLINE_MS));
    return cell ?? fail("bad-input", `the org at ${connection.orgUrl} does not say its cell: name it with --cell`);
}

/** Several after one flag, or with commas. */
function namesIn(cells: readonly string[] = []): string[] {
    const names = cells.flatMap((text) => text.split(",")).map((name) => name.trim());
    return names.includes("") ? fail("bad-input", "--cell has an empty name: write --cell us_cell_7") : names;
}

function printDiff(before: readonly Cell[], after: readonly Cell[], cut: Cut, format: Format, { out }: Terminal): void {
    const { added, removed } = diffCells(before, after, cut);
    const texts = { added: added.map(formatSpan), removed: removed.map(formatSpan) };
    out(format === "json" ? JSON.stringify(texts) : describeDiff(texts));
}

function print(format: Format, view: View, terminal: Terminal): number {
    const { text, problem } = FORMATS[format](view);
    if (text === undefined) return fail("bad-input", `${format}: ${problem}`);
    const count = networksOf(view.cells, view.cut).length;
    if (format === "aws-prefix-list" && count > ENTRIES_A_CALL) {
        terminal.err(
            `zonekeeper: AWS takes ${ENTRIES_A_CALL} entries a call, and there are ${count}: see docs/guides/ranges.md`,
        );
    }
    if ((format === "aws-prefix-list" || format === "terraform") && roomFor(count) > SECURITY_GROUP_RULES) {
        const size = `a rule that names this list counts as ${roomFor(count)} rules of its security group`;
        terminal.err(`zonekeeper: ${size}, which by default may have ${SECURITY_GROUP_RULES}: have that quota raised`);
    }
    terminal.out(text.trimEnd());
    return STATUS.done;
}

function refuse(suspicion: string, { json }: RangesFlags, terminal: Terminal): number {
    const message = `${suspicion}; look at the file, and say --accept-shrunk if it is right`;
    const { code, name } = codeNamed("ranges-shrunk");
    terminal.err(`zonekeeper: ${message} [${code}]`);
    if (json) terminal.out(JSON.stringify({ code, error: { code: name, message } }));
    return STATUS.refused;
}
