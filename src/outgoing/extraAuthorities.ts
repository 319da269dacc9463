import { readFile } from "node:fs/promises";

import type { ExtraAuthorities } from "../core/outgoing/connectionFault";
import type { Environment } from "./agents";

/**
 * The file of NODE_EXTRA_CA_CERTS, and why it adds no authority; undefined where none is set. Node reads it once, when the
 * first connection with TLS is made, and goes on without it if it cannot.
 */
export async function extraAuthorities({
    NODE_EXTRA_CA_CERTS: file,
}: Environment): Promise<ExtraAuthorities | undefined> {
    if (file === undefined || file === "") return undefined;
    try {
        const text = await readFile(file, "latin1");
        return /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(text)
            ? { file }
            : { file, problem: "it holds no certificate in PEM form" };
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return { file, problem: PROBLEMS[code ?? ""] ?? `it cannot be read (${code})` };
    }
}

const PROBLEMS: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    ENOTDIR: "there is no such file",
    EISDIR: "it is a folder",
    EACCES: "this user may not read it",
    EPERM: "this user may not read it",
};
