import { testSource } from "../sources/contract";
import { type MemorySource, memorySource } from "./memorySource";

describe("memorySource", () => {
    let source: MemorySource;

    testSource({
        async open(grants) {
            source = memorySource(grants);
            return source;
        },
        async replace(grants) {
            source.grants = grants;
            source.isBroken = false;
        },
        async spoil() {
            source.isBroken = true;
        },
    });
});
