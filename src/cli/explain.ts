import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { systemClock } from "../clock";
import { parseSpan } from "../core/addresses/ip";
import type { NamedZone } from "../core/chain/access";
import { eventRefusal } from "../core/chain/eventRefusal";
import { type Change, type Explanation, explainChain } from "../core/chain/explainChain";
import { kindOfHop } from "../core/chain/hop";
import { eventChain, forwardedChain, parseChain } from "../core/chain/ipChain";
import { fail } from "../core/errors/errors";
import { quote } from "../core/errors/quote";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { httpZones } from "../okta/zones/httpZones";
import { readZoneDocument, type ZoneDocument } from "../okta/zones/zoneDocument";
import { fetchForOkta } from "../outgoing/outgoingFetch";
import { untilSettled } from "./arguments/deadline";
import { inputName, readInput, readJson } from "./arguments/readInput";
import { describeExplanation } from "./describe/describeExplanation";
import { zoneIdOf } from "./facts/zoneIdOf";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface ExplainFlags {
    readonly zone: readonly string[];
    readonly chain?: string;
    readonly forwardedFor?: string;
    readonly connecting?: string;
    readonly event?: string;
    readonly strict?: boolean;
    readonly okta?: string;
    readonly json?: boolean;
}

/** Prints whether a request is inside zones, and why. The exit status is 0 for either answer. */
export async function explain(flags: ExplainFlags, terminal: Terminal): Promise<number> {
    checkStdin(flags);
    const { chain, chainName, refusal } = await readChain(flags, terminal);
    const { zones, leftOut } = await readZones(flags, terminal);
    const notes = [...leftOut, ...zones.flatMap(unreadable), ...chain.flatMap(unreadHop(chainName))];
    const reading = flags.strict ? "strict" : "lenient";
    const explanation = explainChain({ zones, chain, chainName, reading, refusal });
    if (flags.json) {
        terminal.out(JSON.stringify(document(explanation, chain, notes)));
    } else {
        for (const note of notes) terminal.err(`zonekeeper: left out: ${note}`);
        terminal.out(describeExplanation({ explanation, chain, reading }));
    }
    return STATUS.done;
}

function checkStdin({ zone, chain, forwardedFor, event }: ExplainFlags): void {
    const given = [...zone, chain, forwardedFor, event].filter((value) => value === "-");
    if (given.length > 1) fail("bad-input", "stdin, which is -, can be read for one thing only");
}

/** The chain in one of the three forms that it has. */
async function readChain(flags: ExplainFlags, terminal: Terminal): Promise<NamedChain> {
    const { chain, forwardedFor, connecting, event } = flags;
    const isForwarded = forwardedFor !== undefined || connecting !== undefined;
    const forms = [chain !== undefined, isForwarded, event !== undefined].filter((isGiven) => isGiven);
    if (forms.length !== 1) {
        const choice = '--chain "1.1.1.1, 2.2.2.2", or --forwarded-for with --connecting, or --event FILE';
        return fail("bad-input", `say in one way which addresses the request came through: ${choice}`);
    }
    const text = (value: string, kind: string) => (value === "-" ? readInput({ kind, path: "-" }, terminal) : value);
    if (chain !== undefined) return { chain: parseChain(await text(chain, "chain")), chainName: "the chain" };
    if (event !== undefined) {
        const input = { kind: "event file", path: event };
        const name = inputName(input);
        const document = await readJson(input, terminal);
        const addresses = named(name, eventChain, document);
        return { chain: addresses, chainName: `request.ipChain of ${name}`, refusal: eventRefusal(document) };
    }
    if (connecting === undefined) {
        const why = "the header does not have the address that connects to Okta, and that one counts first";
        return fail("bad-input", `--forwarded-for needs --connecting ADDRESS: ${why}`);
    }
    const header = forwardedFor && (await text(forwardedFor, "header"));
    return { chain: forwardedChain(header, connecting), chainName: "the X-Forwarded-For header" };
}

interface NamedChain {
    readonly chain: readonly string[];
    /** What the addresses stand in, for messages. */
    readonly chainName: string;
    /** The refusal before any policy in the event. */
    readonly refusal?: string | undefined;
}

/** Adds the name of the file to the message of a failed read. */
function named<T, R>(name: string, read: (input: T) => R, input: T): R {
    try {
        return read(input);
    } catch (error) {
        return fail("bad-input", `${name}: ${(error as Error).message}`);
    }
}

/** Each zone from where it is, in the order in which they are named. */
async function readZones(flags: ExplainFlags, terminal: Terminal): Promise<ZoneDocument> {
    const places = flags.zone.map((given) => ({ given, isFile: isFile(given, terminal) }));
    const okta = places.every(({ isFile }) => isFile) ? undefined : openZones(flags, terminal);
    const documents = await untilSettled((signal) =>
        Promise.all(
            places.map(async ({ given, isFile }) => {
                const input = { kind: "zone file", path: given };
                if (isFile) return readZoneDocument(await readJson(input, terminal), inputName(input));
                const id = okta === undefined ? given : await zoneIdOf(given, okta, signal);
                return readZoneDocument(await okta?.readDocument(id, signal), `zone ${id}`);
            }),
        ),
    );
    const zones = documents.flatMap((document) => document.zones);
    const twice = zones.find(({ id }, index) => zones.findIndex((other) => other.id === id) !== index);
    if (twice !== undefined) fail("bad-input", `the zone ${twice.id} is given twice`);
    return { zones, leftOut: documents.flatMap(({ leftOut }) => leftOut) };
}

/** A word that begins with nzo is an id; of all else, what is there is a file, and what looks like none is a zone's name. */
function isFile(given: string, { directory }: Terminal): boolean {
    if (given === "-" || given === "") return true;
    if (/^nzo\w*$/.test(given)) return false;
    return /[/\\]|\.json$/i.test(given) || existsSync(resolve(directory, given));
}

function openZones({ okta }: ExplainFlags, { env, err }: Terminal) {
    const url = okta === undefined ? {} : { url: okta };
    const connection = findOkta({ config: () => undefined, nameOf: () => undefined, env, ...url });
    const http = oktaHttp({ connection, fetch: fetchForOkta(connection, env), ...systemClock, onWait: err });
    const zones = httpZones(http);
    let all: ReturnType<typeof zones.list> | undefined;
    // Several names cost one list.
    const list: typeof zones.list = (signal) => {
        all ??= zones.list(signal);
        return all;
    };
    return { ...zones, list, orgUrl: http.orgUrl };
}

function unreadable({ name, gateways, proxies }: NamedZone): string[] {
    return [...gateways, ...proxies]
        .filter((entry) => parseSpan(entry, "clear").span === undefined)
        .map((entry) => `zone "${name}": the entry ${quote(entry)} is not IPv4, so no address of a chain is in it`);
}

/** A note about a hop that is not an address and did not decide. */
function unreadHop(chainName: string) {
    return (hop: string, index: number): string[] => {
        const kind = kindOfHop(hop);
        if (kind === "IPv4" || kind === "IPv6") return [];
        return [`address ${index + 1} of ${chainName}: ${quote(hop)} is not an address, so it is in no zone`];
    };
}

/** The promised keys first. */
function document(explanation: Explanation, chain: readonly string[], leftOut: readonly string[]) {
    const { inside, reason, ambiguous, steps, sentence, readings, refused, zones, change, settle } = explanation;
    return {
        inside,
        reason,
        ambiguous,
        steps,
        sentence,
        chain,
        readings,
        refused,
        change: changeDocument(change),
        settle: changeDocument(settle),
        zones: zones.map(({ zone: { id, name }, role, inside, reason, ambiguous, steps }) => {
            return { id, name, role, inside, reason, ambiguous, steps };
        }),
        leftOut,
    };
}

function changeDocument(change: Change | undefined) {
    return change === undefined ? null : { todo: change.todo, notes: change.notes, edits: change.edits };
}
