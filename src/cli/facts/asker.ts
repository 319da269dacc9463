import type { Known, Unknown } from "../../core/doctor/facts";
import { codeNamed } from "../../core/errors/codes";
import type { CodeName } from "../../core/errors/codeTable";
import { type CodedError, hasCode } from "../../core/errors/errors";
import type { Credential } from "../../okta/exchange/credential";
import { scopeFor } from "../../okta/exchange/refusal";
import { tokenRefusal } from "../../okta/exchange/refused";

/** Makes facts of answers and of refusals. */
export interface Asker {
    /**
     * Asks Okta, unless it is plain by now that asking is of no use. @param path What is asked for, without its query.
     */
    okta<T>(path: string, work: () => Promise<T>): Promise<Known<T>>;

    /** Reads from another system than Okta, independent of failures of Okta. */
    other<T>(work: () => Promise<T>): Promise<Known<T>>;
}

/** After these, no request can be answered. */
const HOPELESS: readonly CodeName[] = [
    "okta-unauthorized",
    "okta-throttled",
    "scopes-missing",
    "credential-tied-to-zone",
];

/** So many answers that did not come, and no more are waited for. */
const MOST_SILENCES = 2;

/**
 *   what came               the fact                             and from then on
 *   an answer               its value                            -
 *   403                     what right it needs                  -
 *   another 4xx             Okta's reason                        -
 *   401, no token           Okta's reason                        nothing is asked; a token may be refused for lack of
 *                                                                scopes, or to who is outside of the app's zones
 *   429                     that the limit is used up            nothing is asked
 *   no answer, 5xx          why; the second time                 nothing is asked
 *   no answer to the first  why                                  nothing is asked
 *
 * What is no trouble of Okta's or a source's, such as a key that cannot be
 * read, ends the work: the call is wrong.
 */
export function createAsker(credential: Credential): Asker {
    let asked = 0;
    let silences = 0;
    let over: Unknown | undefined;
    return {
        async okta(path, work) {
            if (over !== undefined) return { unknown: over };
            asked += 1;
            return known(work, (error) => {
                const unknown = unknownOf(error, path, credential);
                if (unknown.name === "okta-unreachable") silences += asked === 1 ? MOST_SILENCES : 1;
                const isHopeless = HOPELESS.includes(unknown.name);
                if (!isHopeless && silences < MOST_SILENCES) return unknown;
                over = consequenceOf(unknown.name);
                return { ...over, message: unknown.reason };
            });
        },
        other: (work) => known(work, ({ code, message }) => ({ ...consequenceOf(code), message })),
    };
}

async function known<T>(work: () => Promise<T>, toUnknown: (error: CodedError) => Unknown): Promise<Known<T>> {
    try {
        return { value: await work() };
    } catch (error) {
        if (!hasCode(error, ...TROUBLES)) throw error;
        return { unknown: toUnknown(error) };
    }
}

const TROUBLES = [
    "okta-unauthorized",
    "okta-forbidden",
    "okta-refused",
    "okta-throttled",
    "okta-unreachable",
    "zone-missing",
    "zone-unfit",
    "source-unreadable",
] as const;

/** The problem by the word of the token endpoint; any other is about the app itself. */
const WITHOUT_TOKEN: Readonly<Record<string, CodeName>> = {
    invalid_scope: "scopes-missing",
    access_denied: "credential-tied-to-zone",
};

function unknownOf(error: CodedError, path: string, { kind }: Credential): Unknown {
    const { code, message } = error;
    const word = tokenRefusal(error);
    if (word !== undefined) {
        const name = WITHOUT_TOKEN[word] ?? "okta-unauthorized";
        return { name, reason: message, remedy: codeNamed(name).remedy };
    }
    if (code !== "okta-forbidden") return { name: code, reason: message, remedy: codeNamed(code).remedy };
    const scope = scopeFor("GET", path);
    if (scope === undefined) return { name: code, reason: message, remedy: codeNamed(code).remedy };
    if (kind === "api-token") {
        const reason = `needs a role that may read ${path}; an OAuth app needs the scope ${scope}`;
        return { name: code, reason, remedy: "Give its admin such a role, or see to it in the Admin Console." };
    }
    return {
        name: code,
        reason: `needs the scope ${scope}, or a role that may read ${path}`,
        remedy: `Grant the app the scope ${scope}, ask for it in OKTA_API_SCOPES, and give it a role.`,
    };
}

/** Why the other facts are not known, so that one failure is reported once. */
function consequenceOf(name: CodeName): Unknown {
    const reasons: Partial<Record<CodeName, string>> = {
        "okta-unauthorized": "Okta does not accept the credential",
        "scopes-missing": "Okta gives the app no token",
        "credential-tied-to-zone": "Okta gives the app no token from here",
        "okta-throttled": "the rate limit is used up",
        "source-unreadable": "the grants cannot be read",
    };
    return { name, reason: reasons[name] ?? "Okta cannot be reached", remedy: `See to ${codeNamed(name).code} first.` };
}
