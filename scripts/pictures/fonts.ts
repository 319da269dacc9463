import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface OpenFonts {
    readonly env: Readonly<Record<string, string>>;
    close(): Promise<void>;
}

/**
 * Lets the browser find Open Sans, which the package of Chromium unpacks into
 * the folder for temporary files, besides the machine's own fonts: so the
 * pictures look alike on machines with few fonts of their own.
 *
 * @returns the environment variables of the browser, and how to clear away once it is closed
 */
export async function openFonts(): Promise<OpenFonts> {
    const folder = await mkdtemp(join(tmpdir(), "zonekeeper-fonts-"));
    const path = join(folder, "fonts.conf");
    const prefer = (family: string) =>
        `<alias binding="strong"><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`;
    await writeFile(
        path,
        `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>${join(tmpdir(), "fonts")}</dir><cachedir>${join(folder, "cache")}</cachedir>
${["ui-sans-serif", "system-ui", "sans-serif"].map(prefer).join("\n")}
</fontconfig>`,
    );
    return { env: { FONTCONFIG_FILE: path }, close: () => rm(folder, { recursive: true, force: true }) };
}
