import { ended } from "./recheck";
import type { Change, PortalState } from "./state";
import { isLive } from "./types";

const BECAUSE = "the portal's store was restored";

/**
 * What changes in a store that was restored from a backup, as nobody knows what happened since the backup was made.
 *
 *   a row                                       becomes
 *   a grant that is known to have been ended    ended
 *   another grant                               as it was
 *   a request that waits                        withdrawn: it may have been denied, or granted and revoked
 *   a session, a device that waits              gone: it may have been ended; people sign in again
 *   an order to end sessions at Okta            gone: it was carried out
 *   a message that is to be sent                gone: it was sent
 *   the groups of a person                       have to be checked before anything rests on them
 *
 * @param endedGrants What this process knows, by the ids of grants.
 */
export function restoredChanges(
    state: PortalState,
    endedGrants: Readonly<Record<string, number>>,
    nowMs: number,
): Change[] {
    const grants = [...state.grants.values()].filter(
        (grant) => isLive(grant, nowMs) && Object.hasOwn(endedGrants, grant.id),
    );
    const requests = [...state.requests.values()].filter((request) => request.state === "waiting");
    return [
        ...grants.map((grant): Change => ["grants", grant.id, ended(grant, `it was ended before ${BECAUSE}`, nowMs)]),
        ...requests.map(
            (each): Change => [
                "requests",
                each.id,
                { ...each, state: "withdrawn", note: `${BECAUSE}: request it again` },
            ],
        ),
        ...[...state.people].map(([key, person]): Change => ["people", key, { ...person, checkedAtMs: 0 }]),
        ...[...state.sessions.keys()].map((key): Change => ["sessions", key, null]),
        ...[...state.devices.keys()].map((key): Change => ["devices", key, null]),
        ...[...state.revocations.keys()].map((key): Change => ["revocations", key, null]),
        ...[...state.notices.keys()].map((key): Change => ["notices", key, null]),
    ];
}
