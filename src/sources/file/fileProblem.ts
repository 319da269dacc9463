const WORDS: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    ENOTDIR: "there is no such file",
    EISDIR: "it is a folder",
    EACCES: "this user may not read it",
    EPERM: "this user may not read it",
};

/** Why a file could not be read, as the end of a sentence; undefined for an error that is not the file system's. */
export function fileProblem(cause: unknown): string | undefined {
    const { code, message } = cause as Partial<NodeJS.ErrnoException>;
    return code === undefined ? undefined : (WORDS[code] ?? message);
}
