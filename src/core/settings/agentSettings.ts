import { fail, hasCode } from "../errors/errors";
import { quote } from "../errors/quote";
import { parseRules, type Rules } from "../membership/rules";
import { contradictions, failWith, problemOfType } from "./agentProblems";
import {
    type MembershipDocument,
    type OktaDocument,
    ONE,
    type OneDocument,
    type ProcessDocument,
    SEVERAL,
    type SeveralDocument,
} from "./agentSchema";
import { ADDRESS } from "./processSchema";

/**
 * The checked settings of the agent. Secrets are references, `env:NAME` or `file:PATH`, and never the secrets
 * themselves.
 */
export interface AgentSettings {
    /** Whether the memberships are in a list, or there is one at the top level, called `default`. */
    readonly form: "one" | "several";
    /** By name; the only one may be called `default`. */
    readonly orgs: Readonly<Record<string, OrgSettings>>;
    /** At least one, each with a name of its own, and no zone in two of one org. */
    readonly memberships: readonly MembershipSettings[];
    readonly listen: Address;
    /** The folder for what has to survive a restart. */
    readonly state: string;
    /** The most of an org's rate limit that the agent uses, in percent. */
    readonly rateShare: number;
    readonly leader: LeaderSettings;
    /** The place of the token for `POST /api/confirm`; undefined: confirming over HTTP is refused. */
    readonly token: string | undefined;
    readonly log: "debug" | "info" | "warn" | "error";
    readonly ledger: { readonly rotateBytes: number; readonly keepFiles: number };
}

/** The Okta provider's keys; `url` replaces the org's address, for an emulator. Empty: the `OKTA_*` variables. */
export type OrgSettings = Readonly<Record<string, string>>;

/** Zones of one org, and the grants that they are for. */
export interface MembershipSettings {
    readonly name: string;
    /** The name of its org. */
    readonly org: string;
    /** The shards, in order; at least one. */
    readonly zones: readonly string[];
    /** The Okta group whose members are the users with an active grant; undefined: grants are not bound to users. */
    readonly group: string | undefined;
    /** Names and ids of groups that the rules of a portal in the same file name. @default none */
    readonly ruleGroups?: readonly string[];
    /** The input of parseSourceSpec. */
    readonly source: unknown;
    /** Whether it is at the top level, for every membership without a source of its own. */
    readonly sourceOf: "all" | "membership";
    readonly rules: Rules;
    /** How to treat entries that no grant admits, in a zone that the agent does not remember. */
    readonly firstContact: "hold" | "apply";
    readonly onRevoke: "keep-sessions" | "clear-sessions";
    /** Whether a change by another writer is undone immediately, or with the next write of the zone. */
    readonly drift: "heal" | "report";
    /** How long the last grants stay in force while the source cannot be read, in ms; undefined: without limit. */
    readonly maxStaleMs: number | undefined;
    /** How often the source is read without a hint, in ms. */
    readonly pollMs: number;
}

export interface Address {
    readonly host: string;
    readonly port: number;
}

export type LeaderSettings =
    | { readonly type: "file"; readonly path?: string | undefined }
    | { readonly type: "postgres"; readonly url: string; readonly key?: number | undefined }
    | {
          readonly type: "kubernetes";
          readonly name: string;
          readonly namespace?: string | undefined;
          readonly identity?: string | undefined;
      };

/** The name of the membership, and of the org, at the top level of a configuration. */
export const DEFAULT = "default";

/**
 * Reads the agent's configuration, a document that was YAML or JSON.
 *
 *   { "zones": ["nzo1"], "source": { "type": "file", "path": "grants.yaml" } }
 *   { "orgs": { "acme": { … } }, "source": …, "memberships": [{ "name": "payroll", "zones": ["nzo1"] }] }
 *
 * @throws `bad-input` with a sentence on each setting that is wrong; values that may be secrets are not shown
 */
export function readAgentSettings(document: unknown): AgentSettings {
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
        return fail("bad-input", "the configuration is not a map of settings such as zones: [nzo1] and source: …");
    }
    return "memberships" in document || "orgs" in document ? readSeveral(document) : readOne(document);
}

function readOne(document: object): AgentSettings {
    const { data, error } = ONE.safeParse(document, { error: problemOfType });
    if (data === undefined) return failWith(error, document, "one");
    return {
        form: "one",
        orgs: { [DEFAULT]: orgOf(data.okta) },
        memberships: [membershipOf({ ...data, name: DEFAULT, org: DEFAULT, sourceOf: "all" })],
        ...processOf(data),
    };
}

function readSeveral(document: object): AgentSettings {
    const { data, error } = SEVERAL.safeParse(document, { error: problemOfType });
    if (data === undefined) return failWith(error, document, "several");
    const orgs = orgsOf(data);
    const problems = contradictions(data, Object.keys(orgs));
    if (problems.length > 0) fail("bad-input", problems.join("; "));
    const [only = DEFAULT] = Object.keys(orgs);
    return {
        form: "several",
        orgs,
        memberships: data.memberships.map((own) => membershipOf({ ...withCommon(own, data), org: own.org ?? only })),
        ...processOf(data),
    };
}

function orgsOf({ orgs = {}, okta = {} }: SeveralDocument): AgentSettings["orgs"] {
    const named = Object.entries(orgs).map(([name, keys]) => [name, orgOf(keys)] as const);
    return named.length === 0 ? { [DEFAULT]: orgOf(okta) } : Object.fromEntries(named);
}

function orgOf(keys: OktaDocument): OrgSettings {
    return Object.fromEntries(Object.entries(keys).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}

/** A membership with the shared settings that it does not override; limits one by one. */
function withCommon(own: MembershipDocument, { source, limits, ...common }: SeveralDocument) {
    const { firstContact, onRevoke, drift, maxStale, poll } = { ...common, ...own };
    const { name, zones, staticGateways, selector, group } = own;
    return {
        ...{ name, zones, staticGateways, selector, group, firstContact, onRevoke, drift, maxStale, poll },
        source: own.source ?? source ?? {},
        sourceOf: (own.source ?? undefined) === undefined ? ("all" as const) : ("membership" as const),
        limits: { ...limits, ...own.limits },
    };
}

type WholeMembership = Pick<
    OneDocument,
    | "zones"
    | "source"
    | "limits"
    | "staticGateways"
    | "selector"
    | "group"
    | "firstContact"
    | "onRevoke"
    | "drift"
    | "maxStale"
    | "poll"
> &
    Pick<MembershipSettings, "name" | "org" | "sourceOf">;

function membershipOf(data: WholeMembership): MembershipSettings {
    const { firstContact = "hold", onRevoke = "keep-sessions", drift = "heal", poll = 30_000 } = data;
    return {
        name: data.name,
        org: data.org,
        zones: data.zones,
        group: data.group,
        source: data.source,
        sourceOf: data.sourceOf,
        rules: rulesOf(data),
        firstContact,
        onRevoke,
        drift,
        maxStaleMs: data.maxStale,
        pollMs: poll,
    };
}

function processOf(data: ProcessDocument) {
    return {
        listen: addressOf(data.listen),
        state: data.state,
        rateShare: Number(data.rateShare.slice(0, -1)),
        leader: data.leader,
        token: data.token,
        log: data.log,
        ledger: data.ledger,
    };
}

function addressOf(listen: string): Address {
    const { ipv6, name = "", port } = ADDRESS.exec(listen)?.groups ?? {};
    return { host: ipv6 ?? name, port: Number(port) };
}

function rulesOf({ name, limits, staticGateways, selector }: WholeMembership): Rules {
    try {
        return parseRules({ ...limits, staticGateways, selector });
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        const of = name === DEFAULT ? "" : `of the membership ${quote(name)}: `;
        return fail("bad-input", `${of}the setting ${error.message}`);
    }
}
