import { strict as assert } from "node:assert";
import fc from "fast-check";

import type { Grant } from "../../../src/core/grants/grants";
import { isSelected, selectedGrants } from "../../../src/core/grants/selection";
import { A, grant } from "../../support/grants";

const one = fc.record({ id: fc.nat(1000), team: fc.constantFrom("red", "blue") });
const step = fc.record({ place: fc.nat(40), out: fc.nat(3), come: fc.array(one, { maxLength: 3 }) });

const grantOf = ({ id, team }: { readonly id: number; readonly team: string }): Grant =>
    grant(A, 60, { id: `g-${id}`, labels: { team } });

describe("the grants that a selector selects", () => {
    it("are those with its labels, whatever was selected before", () => {
        fc.assert(
            fc.property(fc.array(one), fc.array(step), (first, steps) => {
                const selector = { team: "red" };
                let list: readonly Grant[] = first.map(grantOf);
                for (const { place, out, come } of [{ place: 0, out: 0, come: [] }, ...steps]) {
                    list = list.toSpliced(place, out, ...come.map(grantOf));
                    assert.deepEqual(
                        selectedGrants(list, selector),
                        list.filter((each) => isSelected(each, selector)),
                    );
                }
            }),
        );
    });

    it("are the same list where the change is about others, so that it costs their membership nothing", () => {
        const selector = { team: "red" };
        const list = [grantOf({ id: 1, team: "red" }), grantOf({ id: 2, team: "blue" })];
        const before = selectedGrants(list, selector);
        assert.equal(selectedGrants([...list, grantOf({ id: 3, team: "blue" })], selector), before);
        assert.equal(selectedGrants(list.slice(0, 1), selector), before);
    });

    it("are all of them without a selector", () => {
        const list = [grantOf({ id: 1, team: "red" })];
        assert.equal(selectedGrants(list, {}), list);
    });
});
