import type { CodeName } from "../errors/codeTable";
import type { Refusal } from "./plan";

/** The name of the error code of a refusal. */
export function nameOfRefusal({ kind }: Pick<Refusal, "kind">): CodeName {
    return CODE_NAMES[kind];
}

const CODE_NAMES: Readonly<Record<Refusal["kind"], CodeName>> = {
    held: "removals-held",
    unusable: "grants-unusable",
    denied: "access-denied",
    room: "grants-refused",
    limit: "grants-refused",
};
