import { fail } from "../../src/core/errors/errors";
import type { Grant } from "../../src/core/grants/grants";
import type { NamedIds, Unusable } from "../../src/core/grants/grantsDocument";
import type { GrantSource } from "../../src/sources/source";

export interface MemorySource extends GrantSource {
    grants: readonly Grant[];
    unusable: readonly Unusable[];
    named: NamedIds | undefined;
    isBroken: boolean;
}

/** A source that a test fills and breaks. It keeps the contract that real sources keep. */
export function memorySource(grants: readonly Grant[] = []): MemorySource {
    return {
        name: "memory",
        grants,
        unusable: [],
        named: undefined,
        isBroken: false,
        async read(signal) {
            if (signal.aborted) fail("source-unreadable", "cannot read grants from memory: it was stopped");
            if (this.isBroken) fail("source-unreadable", "cannot read grants from memory: a test broke it");
            return { grants: this.grants, unusable: this.unusable, ...(this.named && { named: this.named }) };
        },
    };
}
