import { strict as assert } from "node:assert";

import { holderIn } from "../../../src/agent/leadership/lockHolder";

/** As Linux 6.1 writes it. */
const LOCKS = `1: POSIX  ADVISORY  READ  801 00:1b:1093 128 128
2: FLOCK  ADVISORY  WRITE 802 fd:01:5112345 0 EOF
3: POSIX  ADVISORY  WRITE 4242 fd:01:5112345 1073741825 1073741825
3: -> POSIX  ADVISORY  WRITE 4243 fd:01:5112346 0 EOF
4: OFDLCK ADVISORY  WRITE -1 fd:01:5112347 0 EOF
`;

describe("holderIn", () => {
    for (const [inode, pid, because] of [
        [5112345n, 4242, "the process has a lock of its own on the file"],
        [1093n, undefined, "a lock to read is not the one that leads"],
        [5112346n, undefined, "a session that waits for a lock does not have it"],
        [5112347n, undefined, "the lock belongs to no process"],
        [511234n, undefined, "a part of a number is another file"],
    ] as const) {
        it(`finds ${pid} for ${inode}, because ${because}`, () => assert.equal(holderIn(LOCKS, inode), pid));
    }
});
