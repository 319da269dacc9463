/** An error as one sentence for people: its message, without a stack. */
export function reasonOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
