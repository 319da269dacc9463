/** What is new in Okta's ranges and what is gone, for people. */
export function describeDiff({
    added,
    removed,
}: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
}) {
    if (added.length + removed.length === 0) return "The addresses are the same.";
    return [
        `${counted(added.length)} added, ${removed.length} removed.`,
        ...added.map((network) => `+ ${network}`),
        ...removed.map((network) => `- ${network}`),
    ].join("\n");
}

function counted(count: number): string {
    return count === 1 ? "1 network" : `${count} networks`;
}
