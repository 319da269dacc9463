import { strict as assert } from "node:assert";

import { aliasedDenials } from "../../../src/agent/group/aliasedDenials";
import { barredBy, type Denial } from "../../../src/core/membership/denials";

/** Whom Okta was asked about so far, by name. */
function lookup(ids: Readonly<Record<string, string>>) {
    const known = new Map(Object.entries(ids));
    const idOf = (key: string) => known.get(key) ?? key;
    return {
        users: {
            idOf,
            namesOf: (id: string) => [id, ...[...known.keys()].filter((key) => idOf(key) === id)],
            version: () => known.size,
        },
        learn: (key: string, id: string) => void known.set(key, id),
    };
}

function denial(target: Partial<Denial>): Denial {
    return { id: "d1", reason: "stolen", by: "mia", atMs: 0, ...target };
}

describe("aliasedDenials", () => {
    const { users } = lookup({ "ana@example.com": "00uana", ana: "00uana", "ben@example.com": "00uben" });
    const table: [denied: string, grantOf: string, isBarred: boolean][] = [
        ["00uana", "ana@example.com", true],
        ["00uana", "ana", true],
        ["ana@example.com", "00uana", true],
        ["ANA@Example.com", "00uana", true],
        ["ana", "ana@example.com", true],
        ["00uana", "ben@example.com", false],
        ["zed@example.com", "00uana", false],
    ];
    for (const [denied, user, isBarred] of table) {
        it(`${isBarred ? "bars" : "does not bar"} a grant of ${user} where ${denied} is denied`, () => {
            const all = { list: () => [denial({ user: denied })], version: () => 1 };
            const found = barredBy(aliasedDenials(all, users, () => {}).list())({ id: "g1", user });
            assert.equal(found?.id, isBarred ? "d1" : undefined);
        });
    }

    it("has users looked up that are denied, and counts again when Okta has said who they are", () => {
        const { users, learn } = lookup({});
        const wanted: string[] = [];
        let [denials, version] = [[] as readonly Denial[], 1];
        const all = { list: () => denials, version: () => version };
        const aliased = aliasedDenials(all, users, (keys) => void wanted.push([...keys].join()));
        assert.deepEqual(aliased.list(), []);
        [denials, version] = [[denial({ user: "Ana@example.com" }), denial({ id: "d2", grant: "g2" })], 2];
        assert.equal(aliased.list().length, 2);
        assert.deepEqual(wanted, ["", "ana@example.com"]);
        const before = aliased.version();
        learn("ana@example.com", "00uana");
        assert.notEqual(aliased.version(), before);
        assert.deepEqual(
            aliased.list().map(({ user, grant }) => user ?? grant),
            ["Ana@example.com", "00uana", "g2"],
        );
    });
});
