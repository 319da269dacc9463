import { formatSpan, parseSpan, sizeOf } from "../../core/addresses/ip";
import type { NamedZone } from "../../core/chain/access";
import { fail } from "../../core/errors/errors";
import { quote } from "../../core/errors/quote";
import { type Fields, fieldsOf, textOf } from "../exchange/fields";

/** The IP zones of a document, and a sentence on each zone that cannot be evaluated for an IP chain. */
export interface ZoneDocument {
    readonly zones: readonly NamedZone[];
    readonly leftOut: readonly string[];
}

/**
 * Reads Okta's own JSON of a zone, or a list of them as the API answers, Okta's
 * own zones included.
 *
 *   document                               is
 *   a zone of type IP                      read; what Okta may leave out or have as null is its default
 *   a dynamic zone                         refused: place, network and service decide there, not addresses
 *   a list with IP zones among others      read; the others are named in `leftOut`
 *   a list without an IP zone              refused
 *   anything else                          refused, with the field that is wrong
 *
 * @param from What is read, for messages: `zone file staff.json`.
 * @throws `bad-input`
 */
export function readZoneDocument(document: unknown, from: string): ZoneDocument {
    if (!Array.isArray(document)) {
        const dynamic = dynamicProblem(document, from);
        return { zones: [dynamic === undefined ? readZone(document, from) : fail("bad-input", dynamic)], leftOut: [] };
    }
    const places = document.map((each, index) => [each, `${from}, zone ${index + 1}`] as const);
    const leftOut = places.flatMap(([each, place]) => dynamicProblem(each, place) ?? []);
    const others = places.filter(([each, place]) => dynamicProblem(each, place) === undefined);
    if (others.length === 0) fail("bad-input", leftOut[0] ?? `${from}: the list has no zone in it`);
    return { zones: others.map(([each, place]) => readZone(each, place)), leftOut };
}

function dynamicProblem(document: unknown, from: string): string | undefined {
    const { type, name, id } = fieldsOf(document);
    if (type !== "DYNAMIC" && type !== "DYNAMIC_V2") return undefined;
    const which = quote(textOf(name) ?? textOf(id) ?? "");
    return `${from}: the zone ${which} is of type ${type}: it matches by location, network or service, which an IP chain does not show`;
}

function readZone(document: unknown, from: string): NamedZone {
    const zone = fieldsOf(document);
    const wrong = (what: string): never => fail("bad-input", `${from}: this is not a zone of Okta's: ${what}`);
    const { type, status = "ACTIVE", usage = "POLICY" } = zone;
    const hasLists = Array.isArray(zone.gateways) || Array.isArray(zone.proxies);
    if (type === undefined && !hasLists) return wrong('it has no "type", and neither "gateways" nor "proxies"');
    if (type !== undefined && type !== "IP") return wrong(`"type" is ${quote(type)}, not "IP"`);
    if (status !== "ACTIVE" && status !== "INACTIVE") {
        return wrong(`"status" is ${quote(status)}, neither "ACTIVE" nor "INACTIVE"`);
    }
    if (usage !== "POLICY" && usage !== "BLOCKLIST") {
        return wrong(`"usage" is ${quote(usage)}, neither "POLICY" nor "BLOCKLIST"`);
    }
    const name = oneLine(zone.name) ?? oneLine(zone.id) ?? from;
    return {
        id: oneLine(zone.id) ?? name,
        name,
        status,
        usage,
        gateways: entriesOf(zone, "gateways", wrong),
        proxies: entriesOf(zone, "proxies", wrong),
        isSystem: zone.system === true,
        isExempt: zone.useAsExemptList === true || (zone.system === true && name === "DefaultExemptIpZone"),
    };
}

function oneLine(value: unknown): string | undefined {
    const text = textOf(value)?.replace(/\s+/g, " ").trim();
    return text === "" ? undefined : text;
}

/** As the zone has them, but for a single address, which Okta keeps as `x-x`. */
function entriesOf(zone: Fields, list: "gateways" | "proxies", wrong: (what: string) => never): string[] {
    const entries = zone[list] ?? [];
    if (!Array.isArray(entries)) return wrong(`"${list}" is ${quote(entries)}, not a list`);
    return entries.map((entry, index) => {
        const value = textOf(fieldsOf(entry).value);
        if (value === undefined) return wrong(`${list}[${index}] is not {"type": "CIDR", "value": "203.0.113.0/24"}`);
        const { span } = parseSpan(value, "clear");
        return span !== undefined && sizeOf(span) === 1 ? formatSpan(span) : value;
    });
}
