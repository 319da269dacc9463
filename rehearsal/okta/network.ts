import type { Properties } from "../values/values";
import { at, type Field, filled, present } from "./resource";

const texts = { kind: "texts" } as const;

/** The inputs of a rule that say from where. */
export const networkFields = {
    networkConnection: { kind: "text", default: "ANYWHERE", oneOf: ["ANYWHERE", "ZONE", "ON_NETWORK", "OFF_NETWORK"] },
    networkIncludes: texts,
    networkExcludes: texts,
} as const satisfies Readonly<Record<string, Field>>;

export function networkToWire({ networkConnection, networkIncludes, networkExcludes }: Properties): Properties {
    return present({
        connection: networkConnection,
        exclude: filled(networkExcludes),
        include: filled(networkIncludes),
    });
}

/** Also `ANYWHERE` for a rule without conditions, which is what the catch-all rule is. */
export function networkFromWire(rule: Properties): Properties {
    return present({
        networkConnection: at(rule, "conditions", "network", "connection") ?? "ANYWHERE",
        networkIncludes: filled(at(rule, "conditions", "network", "include")),
        networkExcludes: filled(at(rule, "conditions", "network", "exclude")),
    });
}
