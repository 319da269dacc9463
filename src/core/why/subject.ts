import { kindOfHop } from "../chain/hop";
import { parseChain } from "../chain/ipChain";
import { fail } from "../errors/errors";
import { quote } from "../errors/quote";

/** The subject of a `why` question. */
export type Subject =
    | { readonly kind: "person"; readonly text: string }
    | { readonly kind: "chain"; readonly text: string; readonly chain: readonly string[] }
    | { readonly kind: "event id"; readonly text: string }
    | { readonly kind: "event file"; readonly text: string };

/** Okta's longest login. */
const LONGEST = 100;

/** The `uuid` of an event of the System Log, which Okta's error pages also show. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/**
 * Reads the argument of `why`.
 *
 *   argument                                 is
 *   203.0.113.7, 2001:db8::7                 an address: a chain with one
 *   203.0.113.7, 198.51.100.9                a chain; the last address connects to Okta
 *   dc9fd3c0-598c-11ef-8478-2b7584bf8d5a     the id of an event
 *   -, event.json                            a file with an event, as explain --event takes it
 *   203.0.113.7/32                           that address
 *   203.0.113.0/24, 203.0.113.7:443          refused: neither a single address nor a login
 *   203.0.113.7 198.51.100.9, or with ;      refused: addresses stand between commas
 *   ana@example.com, 00u1a2b3c4d5e6f7g8h9,   a person
 *   00042
 *
 * @throws `bad-input`
 */
export function readSubject(argument: string): Subject {
    const text = argument.trim();
    if (text === "") return fail("bad-input", "the argument is empty: give a login, an address, a chain or an event");
    if (text === "-" || /\.json$/i.test(text)) return { kind: "event file", text };
    if (UUID.test(text)) return { kind: "event id", text: text.toLowerCase() };
    const isAddress = text.includes(",") || kindOfHop(text) === "IPv6" || /^\d*[.:/-][\d.:/-]*$/.test(text);
    const isSeveral = /^\d+\.\d+\.\d+\.\d+[\s;|]/.test(text);
    if (isAddress || isSeveral) return { kind: "chain", text, chain: parseChain(text) };
    if (text.length > LONGEST || /^(me|\.{1,2})$/i.test(text)) {
        return fail("bad-input", `${quote(text)} is not an Okta login or user id, an address, a chain or an event`);
    }
    return { kind: "person", text };
}
