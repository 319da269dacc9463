import type { Holders } from "../src/core/membership/entries";
import { keysOf, read } from "./reading";

/** An entry that a zone of a membership is about to have. */
export interface EntryInForce {
    readonly range: string;
    /** Without what a preview does not know yet. */
    readonly holders: Holders;
}

/** The input `entries` of a membership, as far as it is known. */
export function entriesIn(props: object): EntryInForce[] {
    return valuesIn(read(props, "entries")).flatMap(([, zone]) =>
        valuesIn(zone).map(([range, entry]) => {
            const known = valuesIn(entry).flatMap(([id, end]) => (typeof end === "string" ? [[id, end]] : []));
            return { range, holders: Object.fromEntries(known) };
        }),
    );
}

function valuesIn(map: unknown): [key: string, value: unknown][] {
    return keysOf(map).map((key) => [key, read(map as object, key)]);
}
