import { strict as assert } from "node:assert";
import { judge } from "../../simulation/laws";
import { historyOf } from "../../simulation/seeds";
import { play } from "../../simulation/world";
import { ACCIDENT_MUTANTS } from "./accidentMutants";
import { LEDGER_MUTANTS } from "./ledgerMutants";
import { MUTANTS, type Wrong } from "./mutants";
import { SESSION_MUTANTS } from "./sessionMutants";

/** In how many histories a law may fail to see what is wrong. */
const MOST = 30;

describe("the laws, on an agent that is wrong", () => {
    for (const [name, wrong] of Object.entries({
        ...MUTANTS,
        ...ACCIDENT_MUTANTS,
        ...LEDGER_MUTANTS,
        ...SESSION_MUTANTS,
    })) {
        it(`${wrong.law} sees one that ${name}`, async () => {
            assert.equal(await isSeen(wrong), true);
        });
    }
});

async function isSeen({ law, from, ...wrong }: Wrong): Promise<boolean> {
    const histories = typeof from === "number" ? randomFrom(from) : from;
    for (const history of histories) {
        const violations = judge(await play(history, wrong));
        if (violations.some((violation) => violation.law === law)) return true;
    }
    return false;
}

function* randomFrom(from: number) {
    for (let seed = from; seed < from + MOST; seed++) yield historyOf(seed, "plain");
}
