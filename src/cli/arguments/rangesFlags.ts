import { shellWord } from "../terminal/shellWord";

export interface RangesFlags {
    readonly cell?: readonly string[];
    readonly org?: string;
    readonly from?: string;
    readonly format?: string;
    readonly aggregate?: boolean;
    readonly diff?: string;
    readonly domains?: boolean;
    readonly acceptShrunk?: boolean;
    readonly json?: boolean;
}

/** The command that makes the same file again, for its header. What stands in the query of a URL may be a key, and is left out. */
export function rangesCommand({ cell = [], org, from, format, aggregate, json }: RangesFlags): string {
    const words = [
        "npx zonekeeper ranges",
        ...(cell.length > 0 ? ["--cell", ...cell.map(shellWord)] : []),
        ...(org === undefined ? [] : ["--org", shellWord(org)]),
        ...(from === undefined ? [] : ["--from", shellWord(from.replace(/\?.*/, "?…"))]),
        ...(format === undefined ? [] : ["--format", format]),
        ...(aggregate ? ["--aggregate"] : []),
        ...(json ? ["--json"] : []),
    ];
    return words.join(" ");
}
