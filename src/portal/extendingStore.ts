import type { PortalEvent } from "../core/portal/events";
import { extensionRequests } from "../core/portal/extensionRequests";
import type { Change } from "../core/portal/state";
import type { PortalStore } from "../sources/portal/portalStore";

/** The store, in which a request to extend a grant ends together with the grant, whatever ends it; each is told once it is kept. */
export function extendingStore(store: PortalStore, audit: (event: PortalEvent) => Promise<void>): PortalStore {
    return {
        ...store,
        async transact(work) {
            const { result, requests } = await store.transact((state) => {
                const outcome = work(state);
                const requests = extensionRequests(state, outcome.changes);
                const rows = requests.map((each): Change => ["requests", each.id, each]);
                return { changes: [...outcome.changes, ...rows], result: { result: outcome.result, requests } };
            });
            for (const { state, requestId: request, access, id: grant, holder, note: why = "" } of requests) {
                const user = holder.user === undefined ? {} : { user: holder.user };
                if (state === "withdrawn") {
                    await audit({ type: "portal.withdrawn", request, access, grant, ...user, why });
                }
            }
            return result;
        },
    };
}
