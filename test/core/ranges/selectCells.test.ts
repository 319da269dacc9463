import { strict as assert } from "node:assert";

import { hasCode } from "../../../src/core/errors/errors";
import { GROUPS } from "../../../src/core/ranges/oktaCells";
import { cellOfOrg, selectCells } from "../../../src/core/ranges/selectCells";
import { cellsOf, snapshot } from "../../support/cells";

const CELLS = snapshot();
const ALL = "there are ";

const said = (action: () => unknown) => {
    try {
        action();
    } catch (error) {
        if (hasCode(error, "bad-input")) return error.message;
    }
    return assert.fail("it was not refused");
};

const chosen = (...names: readonly string[]) => selectCells(CELLS, names).cells.map(({ name }) => name);

describe("selectCells", () => {
    const table: readonly (readonly [names: readonly string[], cells: readonly string[]])[] = [
        [["us_cell_7"], ["us_cell_7"]],
        [["US_CELL_7", " us_cell_7 "], ["us_cell_7"]],
        [["OK7"], ["us_cell_7"]],
        [["op3"], ["preview_cell_3"]],
        [
            ["ok8", "EU1"],
            ["apac_cell_1", "emea_cell_1"],
        ],
        [["emea"], ["emea_cell_1", "emea_cell_2"]],
        [["Hipaa"], ["us_cell_5", "us_cell_10"]],
        [["apac"], ["apac_cell_1", "apac_cell_2"]],
        [["preview"], ["preview_cell_1", "preview_cell_2", "preview_cell_3"]],
        [["preview-emea"], ["preview_cell_2"]],
        [["pam"], ["emea_pam_cell_1", "preview_pam_cell_1", "us_pam_cell_1"]],
        [
            ["hipaa", "us_cell_5", "us_cell_1"],
            ["us_cell_1", "us_cell_5", "us_cell_10"],
        ],
    ];
    for (const [names, cells] of table) {
        it(`gives ${cells.join(", ")} for ${names.join(", ")}`, () => {
            assert.deepEqual(chosen(...names), cells);
            assert.deepEqual(selectCells(CELLS, names).missing, []);
        });
    }

    it("gives twelve cells of the US for production", () => {
        const numbers = [1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 14, 17];
        assert.deepEqual(
            chosen("production"),
            numbers.map((number) => `us_cell_${number}`),
        );
    });

    it("gives every cell where none is named", () => assert.deepEqual(selectCells(CELLS, []).cells, CELLS));

    it("has no group with a cell that the snapshot lacks", () => {
        for (const [group, cells] of Object.entries(GROUPS))
            assert.deepEqual([...chosen(group)].sort(), [...cells].sort());
    });

    it("says what of a group the file lacks, or has without an address", () => {
        const few = cellsOf({ emea_cell_1: ["1.2.3.4/32"], us_cell_5: [], us_cell_10: ["1.2.3.5/32"] });
        assert.deepEqual(selectCells(few, ["emea", "hipaa"]), {
            cells: [few[0], few[2]],
            missing: ["emea_cell_2", "us_cell_5"],
        });
    });

    const few = cellsOf({ us_cell_1: ["1.2.3.4/32"], us_cell_2: [] });
    const list =
        "there are us_cell_1, us_cell_2, and the groups production, emea, hipaa, apac, preview, preview-emea, pam";
    const BAD: readonly (readonly [name: string, says: string])[] = [
        ["us_cel_1", `there is no cell "us_cel_1": did you mean us_cell_1? ${list}`],
        ["OK13", `there is no cell "OK13": ${list}`],
        ["OK7", `there is no cell "OK7": ${list}`],
        ["constructor", `there is no cell "constructor": ${list}`],
        ["", `there is no cell "": ${list}`],
        ["us_cell_2", "cell us_cell_2 has no addresses in this file"],
        ["apac", `the file has none of apac_cell_1, apac_cell_2; ${list}`],
    ];
    for (const [name, says] of BAD) {
        it(`refuses ${JSON.stringify(name)}`, () =>
            assert.equal(
                said(() => selectCells(few, [name])),
                says,
            ));
    }
});

describe("cellOfOrg", () => {
    it("follows the map of Okta's support, or the name itself", () => {
        const table = { op3: "preview_cell_3", OK16: "apac_cell_2", ok14: "us_cell_14", us_cell_17: "us_cell_17" };
        for (const [orgCell, name] of Object.entries(table)) assert.equal(cellOfOrg(orgCell, CELLS), name);
    });

    it("says which cell a file lacks", () => {
        const message = said(() => cellOfOrg("OK7", cellsOf({ us_cell_1: ["1.2.3.4"] })));
        const list = "there are us_cell_1, and the groups production, emea, hipaa, apac, preview, preview-emea, pam";
        assert.equal(message, `the org is in the cell "OK7", which is us_cell_7, and not in this file; ${list}`);
    });

    for (const orgCell of ["ok15", "gov1", "toString"]) {
        it(`does not guess for ${orgCell}`, () => {
            const message = said(() => cellOfOrg(orgCell, CELLS));
            const start = `the org is in the cell "${orgCell}", and which one that is in the file is not known: `;
            assert.ok(message.startsWith(`${start}ask Okta, and name it with --cell; ${ALL}apac_cell_1, `), message);
        });
    }
});
