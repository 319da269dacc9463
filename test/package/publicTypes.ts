import type { Policies } from "@pulumi/policy";

import type { Fault as SchemaFault } from "../../emulator/faults/faults";
import type { Seed as SchemaSeed } from "../../emulator/seed";
import type { Exchange } from "../../emulator/state/journal";
import type { EmulatorRequest } from "../../package/emulator";
import type { Fault } from "../../package/fault";
import type { policies } from "../../package/policies";
import type { Seed } from "../../package/seed";

/** What can be written of the one type can be written of the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** The public interfaces are written by hand, and say what the schemas take: `tsc` fails where they do not. */
export const PUBLIC_TYPES = [
    true satisfies Same<Seed, SchemaSeed>,
    true satisfies Same<keyof Seed, keyof SchemaSeed>,
    true satisfies Same<Fault, SchemaFault>,
    true satisfies Same<keyof Fault, keyof SchemaFault>,
    true satisfies Same<EmulatorRequest, Exchange>,
    true satisfies typeof policies extends Policies ? true : false,
];
