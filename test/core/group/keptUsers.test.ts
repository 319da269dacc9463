import { strict as assert } from "node:assert";

import { type Holder, keptUser } from "../../../src/core/group/keptUsers";
import type { NamedUser } from "../../../src/core/group/users";
import { wantedUsers } from "../../../src/core/group/wantedUsers";
import { grant, NOW } from "../../support/grants";

const NOBODY: NamedUser = { state: "refused", why: "Okta has no user ana@x" };
const OTHER: NamedUser = { state: "found", id: "00ucyd" };
const ASKED: NamedUser = { state: "asked", why: "503" };

describe("keptUser", () => {
    const table: Readonly<
        Record<
            string,
            readonly [answer: NamedUser, knownId: string | undefined, holder: Holder, is: Partial<NamedUser>]
        >
    > = {
        "nobody, and nobody is remembered": [NOBODY, undefined, "there", NOBODY],
        "another user, and nobody is remembered": [OTHER, undefined, "there", OTHER],
        "nothing yet": [ASKED, "00uana", "there", { ...ASKED, id: "00uana" }],
        "the user of before": [{ state: "found", id: "00uana" }, "00uana", "there", { state: "found", id: "00uana" }],
        nobody: [
            NOBODY,
            "00uana",
            "there",
            { state: "kept", id: "00uana", why: 'Okta does not find the user "ana@x" any more' },
        ],
        "another user": [
            OTHER,
            "00uana",
            "there",
            { state: "kept", id: "00uana", why: 'the login "ana@x" belongs to another user now, 00ucyd' },
        ],
        "another user, who is suspended": [
            { state: "refused", id: "00ucyd", why: "suspended" },
            "00uana",
            "there",
            { state: "kept", id: "00uana", why: 'the login "ana@x" belongs to another user now, 00ucyd' },
        ],
        "nobody, and the user of before may not sign in": [
            NOBODY,
            "00uana",
            "out",
            { state: "refused", id: "00uana", why: 'Okta does not find the user "ana@x" any more' },
        ],
        "nobody, and the user of before is gone": [NOBODY, "00uana", "gone", NOBODY],
        "another user, and the user of before is gone": [OTHER, "00uana", "gone", OTHER],
    };
    for (const [title, [answer, knownId, holder, is]] of Object.entries(table)) {
        it(`is right where Okta answers ${title}`, () => {
            assert.deepEqual(keptUser({ key: "ana@x", answer, knownId, holder }), is);
        });
    }
});

describe("wantedUsers", () => {
    const decided = {
        grants: [
            grant("203.0.113.7", 10, { id: "g1", user: "ana@x" }),
            grant("203.0.113.8", 20, { id: "g2", user: "ana@x" }),
        ],
        inside: undefined,
        atMs: NOW,
    };
    const of = (named: NamedUser) => wantedUsers(decided, () => named, NOW);

    it("wants a kept user by the id, until the last of their grants ends", () => {
        const { wanted, names, kept, isUnidentified } = of({ state: "kept", id: "00uana", why: "renamed" });
        assert.deepEqual([...wanted.keys()], ["00uana"]);
        assert.deepEqual([...names], [["ana@x", "00uana"]]);
        assert.deepEqual(kept, [{ id: "00uana", why: "renamed", untilMs: decided.grants[1]?.expiresAtMs }]);
        assert.equal(isUnidentified, false);
    });

    it("remembers the id of a user who is asked for again, and lets them stay", () => {
        const { wanted, staying, names } = of({ state: "asked", id: "00uana" });
        assert.deepEqual(
            [wanted.size, [...staying].sort(), [...names]],
            [0, ["00uana", "ana@x"], [["ana@x", "00uana"]]],
        );
    });

    it("says that a user is not identified whom nobody remembers", () => {
        assert.equal(of(NOBODY).isUnidentified, true);
        assert.equal(of({ state: "asked" }).isUnidentified, true);
        assert.equal(of(OTHER).isUnidentified, false);
    });
});
