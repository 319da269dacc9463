import { isDeepStrictEqual } from "node:util";

import type { StackFile } from "./stackFile";

/**
 * The settings in which stacks of one program may differ, each with the reason.
 * Every other setting has to be the same, so one that is new is, until it
 * stands here. docs/guides/pipelines.md has the same rows.
 */
export const MAY_DIFFER: Readonly<Record<string, string>> = {
    "okta:orgName": "each stack has an org of its own",
    "okta:baseUrl": "preview orgs are under oktapreview.com",
    "okta:apiToken": "a credential is of one org",
    "okta:accessToken": "a credential is of one org",
    "okta:clientId": "a credential is of one org",
    "okta:privateKey": "a credential is of one org",
    "okta:privateKeyId": "a credential is of one org",
    "okta:scopes": "they are what the app of that org was given",
    "okta:httpProxy": "the way to an org is not what happens there",
    "zonekeeper:orgId": "each stack has an org of its own",
    "zonekeeper:source": "people are granted access to one org at a time",
    "zonekeeper:zoneName": "a name says which stack a zone is of",
    "zonekeeper:policyId": "ids are of one org",
    "zonekeeper:policyStack": "each stack has an org of its own",
    "zonekeeper:policyName": "an existing policy is what the org calls it",
    "zonekeeper:apps": "ids are of one org",
    "zonekeeper:maxRemovals": "an org with few grants needs another brake",
};

/** What the program takes where a file says nothing, for the settings that both have to share. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
    "zonekeeper:membership": "pulumi",
    "zonekeeper:shards": "1",
    "zonekeeper:widestPrefix": "24",
};

/** For one run, never for a file. */
const ONCE = ["zonekeeper:confirmRemovals", "zonekeeper:allow"];

/**
 * Why `to` may not be deployed with what was tried in `from`: a sentence for
 * each reason, none when it may.
 *
 *   what the files say                            because
 *   a setting outside MAY_DIFFER that differs      production would not be what preview showed
 *   the same okta:orgName and base URL, or orgId   preview would not be apart from production
 *   no okta:orgName or no zonekeeper:orgId         whichever org the credentials are of would be written
 *   production in a preview org                    oktapreview.com has its own releases and limits
 *   membership: pulumi                             a saved plan would hold the live grants, and be stale with the next
 *   confirmRemovals, allow                         it would take the brake or the guards off for good
 *   an ESC environment                             its settings are not in the file
 */
export function compareStacks(from: StackFile, to: StackFile): string[] {
    return [...differences(from, to), ...[from, to].flatMap(problemsOf), ...orgsOf(from, to), ...planOf(to)];
}

function differences(from: StackFile, to: StackFile): string[] {
    const keys = new Set([...Object.keys(from.config), ...Object.keys(to.config)]);
    return [...keys]
        .filter((key) => !(key in MAY_DIFFER) && !ONCE.includes(key))
        .filter((key) => !isDeepStrictEqual(setting(from, key), setting(to, key)))
        .sort()
        .map((key) => `${key} must be the same: it is ${shown(from, key)}, and ${shown(to, key)}`);
}

function problemsOf({ stack, config, environments }: StackFile): string[] {
    const missing = ["okta:orgName", "zonekeeper:orgId"].filter((key) => config[key] === undefined);
    return [
        ...missing.map((key) => `${key} is missing in ${stack}: whichever org the credentials are of would be written`),
        ...ONCE.filter((key) => config[key] !== undefined).map(
            (key) => `${key} stands in the file of ${stack}, but is for one run only`,
        ),
        ...(environments
            ? [`${stack} imports an environment, whose settings cannot be compared; name them in the file`]
            : []),
    ];
}

function orgsOf(from: StackFile, to: StackFile): string[] {
    const org = ({ config }: StackFile) =>
        config["okta:orgName"] && `${config["okta:orgName"]}.${config["okta:baseUrl"]}`;
    const isSame = [org, ({ config }: StackFile) => config["zonekeeper:orgId"]].some(
        (of) => of(from) !== undefined && of(from) === of(to),
    );
    return [
        ...(isSame ? [`${from.stack} and ${to.stack} are of the same Okta org; each needs one of its own`] : []),
        ...(to.config["okta:baseUrl"] === "oktapreview.com"
            ? [`okta:baseUrl of ${to.stack} is oktapreview.com, where preview orgs are`]
            : []),
    ];
}

function planOf(to: StackFile): string[] {
    if (setting(to, "zonekeeper:membership") === "agent") return [];
    return [
        `zonekeeper:membership of ${to.stack} is not agent: its plan would hold the live grants and be stale with the next one`,
    ];
}

/** Numbers and texts are one and the same to Pulumi. */
function setting({ config }: StackFile, key: string): unknown {
    const value = config[key] ?? DEFAULTS[key];
    return typeof value === "object" ? value : value === undefined ? undefined : String(value);
}

/** Only our own settings are shown, as any other may be a secret in plain text. */
function shown(file: StackFile, key: string): string {
    const value = setting(file, key);
    const text =
        value === undefined
            ? "not set"
            : isEncrypted(value)
              ? "encrypted"
              : key.startsWith("zonekeeper:")
                ? JSON.stringify(value)
                : "set";
    return `${text} in ${file.stack}`;
}

function isEncrypted(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}
