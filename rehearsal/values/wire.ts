import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { Properties } from "./values";

type Encodable = Parameters<typeof Struct.fromJavaScript>[0];

export function toStruct(properties: Properties): Struct {
    return Struct.fromJavaScript(properties as Encodable);
}

export function fromStruct(struct: Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}
