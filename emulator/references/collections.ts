import { refuse } from "../http/errors";
import { type Document, documentOf, without } from "../state/document";
import type { Kept } from "../state/kept";
import { stampOf } from "../state/stamp";
import type { Collection } from "./collection";

/** Behaviors that a rule of a global session policy may name. Source: the Okta provider's recording Behavior_crud. */
export const BEHAVIORS: Collection = {
    path: "/api/v1/behaviors",
    ids: "bhv",
    kind: "BehaviorSettings",
    needs: ["name", "type"],
    hasLifecycle: true,
    read: (body) => body,
    // Okta writes these moments in a form of their own.
    moments: (createdMs, changedMs) => ({ created: spaced(createdMs), lastUpdated: spaced(changedMs) }),
};

function spaced(ms: number): string {
    return stampOf(ms).replace("T", " ").replace(".000Z", ".0");
}

/** Assurances of devices that a rule of an authentication policy may name. Source: DeviceAssurancePolicy_read. */
export const DEVICE_ASSURANCES: Collection = {
    path: "/api/v1/device-assurances",
    ids: "dae",
    kind: "DeviceAssurancePolicy",
    needs: ["name", "platform"],
    hasLifecycle: false,
    read: (body) => body,
    moments: (createdMs, changedMs) => ({ createdDate: stampOf(createdMs), lastUpdate: stampOf(changedMs) }),
};

/** Inline hooks; nothing calls them here. Source: InlineHook_crud, which shows no secret of a hook again. */
export const INLINE_HOOKS: Collection = {
    path: "/api/v1/inlineHooks",
    ids: "cal",
    kind: "InlineHook",
    needs: ["name", "type", "version", "channel"],
    hasLifecycle: true,
    read: hookFrom,
    moments: (createdMs, changedMs) => ({ created: stampOf(createdMs), lastUpdated: stampOf(changedMs) }),
    // That Okta deletes only inactive ones is in its reference; the words are the emulator's.
    checkDelete: ({ status }) => {
        if (status === "ACTIVE") refuse(403, "E0000056", "Delete inline hook forbidden: deactivate it first.");
    },
};

function hookFrom(body: Document): Document {
    const channel = documentOf(body.channel);
    const config = documentOf(channel.config);
    const { authScheme } = config;
    const shown = authScheme === undefined || authScheme === null ? null : without(documentOf(authScheme), "value");
    return { ...body, channel: { ...channel, config: { headers: [], ...config, authScheme: shown } } };
}

/** The behaviors that every org has. Source: Okta's help, "About Behavior Detection"; the numbers are its defaults. */
export function firstBehaviors(id: () => string, nowMs: number): Map<string, Kept> {
    const places = {
        New_City: "CITY",
        New_State: "SUBDIVISION",
        New_Country: "COUNTRY",
        "New_Geo-Location": "LAT_LONG",
    };
    const events = { minEventsNeededForEvaluation: 0, maxEventsUsedForEvaluation: 20 };
    const behaviors: Document[] = [
        ...Object.entries(places).map(([name, granularity]) => ({
            name: name.replace("_", " "),
            type: "ANOMALOUS_LOCATION",
            settings: { ...events, granularity, ...(granularity === "LAT_LONG" && { radiusKilometers: 20 }) },
        })),
        { name: "New Device", type: "ANOMALOUS_DEVICE", settings: events },
        { name: "New IP", type: "ANOMALOUS_IP", settings: { ...events, maxEventsUsedForEvaluation: 50 } },
        { name: "Velocity", type: "VELOCITY", settings: { velocityKph: 805 } },
    ];
    return new Map(
        behaviors.map((behavior) => {
            const document = { id: id(), status: "ACTIVE", ...behavior };
            return [document.id, { document, createdMs: nowMs, changedMs: nowMs }];
        }),
    );
}
