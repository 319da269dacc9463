import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { PageAssets } from "./statusPage";

/** The style and the script of the page, and the content security policy that permits these and nothing else. */
export function readAssets(): PageAssets & { readonly policy: string } {
    const [style, script] = ["page.css", "live.js"].map((name) => readFileSync(join(__dirname, name), "utf8")) as [
        string,
        string,
    ];
    const policy = [
        "default-src 'none'",
        `style-src '${hash(style)}'`,
        `script-src '${hash(script)}'`,
        "connect-src 'self'",
        "img-src data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ].join("; ");
    return { style, script, policy };
}

function hash(text: string): string {
    return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
