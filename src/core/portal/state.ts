import type {
    Notice,
    Person,
    PortalDevice,
    PortalGrant,
    PortalRequest,
    PortalSession,
    SessionRevocation,
    Used,
} from "./types";

/** What the store keeps, by table and key. */
export interface Rows {
    readonly grants: PortalGrant;
    readonly requests: PortalRequest;
    readonly people: Person;
    readonly sessions: PortalSession;
    readonly devices: PortalDevice;
    readonly used: Used;
    readonly notices: Notice;
    readonly revocations: SessionRevocation;
}

export type TableName = keyof Rows;

/** A row that is put in the place of the one with its key, or null where it goes: `["grants", "g1", {…}]`. */
export type Change = { [Name in TableName]: readonly [table: Name, key: string, row: Rows[Name] | null] }[TableName];

export type PortalState = { readonly [Name in TableName]: ReadonlyMap<string, Rows[Name]> };

export const TABLES: readonly TableName[] = [
    "grants",
    "requests",
    "people",
    "sessions",
    "devices",
    "used",
    "notices",
    "revocations",
];

/** Keeps ended grants and decided requests for the history that people are shown. */
const HISTORY_MS = 90 * 86_400_000;

/** Rows that nobody will ask for again, as the changes that remove them. */
export function staleRows(state: PortalState, nowMs: number): Change[] {
    const old = nowMs - HISTORY_MS;
    return [
        ...keysOf(state.grants, ({ expiresAtMs, endedAtMs }) => (endedAtMs ?? expiresAtMs) < old).map(
            (key): Change => ["grants", key, null],
        ),
        ...keysOf(state.requests, ({ decideByMs }) => decideByMs < old).map((key): Change => ["requests", key, null]),
        ...keysOf(state.people, (person) => lastKnownAtMs(person) < old).map((key): Change => ["people", key, null]),
        ...keysOf(state.sessions, ({ seenAtMs }) => seenAtMs < nowMs - 32 * 86_400_000).map(
            (key): Change => ["sessions", key, null],
        ),
        ...keysOf(state.devices, ({ expiresAtMs }) => expiresAtMs < nowMs).map((key): Change => ["devices", key, null]),
        ...keysOf(state.used, ({ untilMs }) => untilMs < nowMs).map((key): Change => ["used", key, null]),
        ...keysOf(state.revocations, ({ atMs }) => atMs < old).map((key): Change => ["revocations", key, null]),
    ];
}

/** When something was last heard of a person: a refusal, or a store that was restored, leaves no time of a check. */
function lastKnownAtMs({ checkedAtMs, refusedAtMs = 0, seenAtMs = 0 }: Person): number {
    return Math.max(checkedAtMs, refusedAtMs, seenAtMs);
}

function keysOf<Row>(rows: ReadonlyMap<string, Row>, isStale: (row: Row) => boolean): string[] {
    return [...rows].filter(([, row]) => isStale(row)).map(([key]) => key);
}
