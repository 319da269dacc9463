/**
 * Test files that take longest, longest first. A run begins with them, so that
 * no core waits for a long file in the end. `npm test` takes longer, and fails in nothing, where the list is not up to date.
 */
export const SLOW: readonly string[] = [
    "test/package/packed.test.ts",
    "test/pipelines/shell.test.ts",
    "test/agent/group/groupProcess.test.ts",
    "test/simulation/histories.test.ts",
    "test/agent/process.test.ts",
    "test/agent/accidents.test.ts",
    "test/agent/leadership/pooler.test.ts",
    "test/simulation/simulation.test.ts",
    "test/agent/sharedPushes.test.ts",
    "test/simulation/mutants.test.ts",
    "test/program/evictsNobody.test.ts",
    "test/program/start.test.ts",
    "test/agent/page/browser.test.ts",
    "test/agent/ledger/crash.test.ts",
    "test/sources/webhook/pushTable.test.ts",
    "test/rehearsal/engine.test.ts",
    "test/agent/leadership/postgres.test.ts",
    "test/portal/browser.test.ts",
    "test/program/besideAnAgent.test.ts",
    "test/sources/hostile.test.ts",
    "test/program/limits.test.ts",
    "test/program/refusals.test.ts",
    "test/sources/postgres/visible.test.ts",
    "test/agent/denials/process.test.ts",
    "test/pipelines/files.test.ts",
    "test/policies/engines.test.ts",
    "test/program/otherStack.test.ts",
    "test/sources/postgres/postgres.test.ts",
    "test/program/ranges.test.ts",
    "test/program/badInput.test.ts",
    "test/sources/document/documentThread.test.ts",
    "test/provider/membership.test.ts",
    "test/agent/clockProcess.test.ts",
    "test/sources/portal/tableStore.test.ts",
    "test/agent/http/flood.test.ts",
    "test/portal/device.test.ts",
];

/** The files in the order in which they are to run. */
export function slowFirst(files: readonly string[]): readonly string[] {
    const first = SLOW.filter((file) => files.includes(file));
    return [...first, ...files.filter((file) => !first.includes(file))];
}
