import type { DocumentLimits } from "../core/grants/grantAddresses";
import { type Reading, readingEntries } from "../core/grants/grantsDocument";
import type { Work } from "../core/work";
import { parseJson } from "./document/json";

/** Characters of JSON that are parsed in a microsecond, at least. */
const PARSED = 50;

/** Reads entries of a grants document that are JSON each. A text that is no JSON is no grant. */
export function* readingTexts(texts: readonly string[], limits: DocumentLimits): Work<Reading> {
    let length = 0;
    function* entries() {
        for (const text of texts) {
            length = text.length;
            yield parseJson(text).document;
        }
    }
    const reading = readingEntries(entries(), limits);
    for (;;) {
        const { done, value } = reading.next();
        if (done) return value;
        yield value + length / PARSED;
    }
}
