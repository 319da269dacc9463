import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Lets the browser find Open Sans, which the package of Chromium unpacks into
 * the folder for temporary files, besides the machine's own fonts: so the
 * pictures look alike on machines with few fonts of their own.
 *
 * @returns the environment variables of the browser
 */
export async function withFonts(): Promise<Readonly<Record<string, string>>> {
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
    return { FONTCONFIG_FILE: path };
}
