import type { Finding } from "../core/doctor/examine";
import { counted } from "../core/doctor/verdict";

/** The subjects of the codes, by their first digit. */
const SUBJECTS: Readonly<Record<string, string>> = {
    1: "The way to Okta",
    2: "Zones",
    3: "Policies",
    4: "Grants",
    5: "Limits",
    6: "Writes",
};

/** What the doctor found, for people: by subject, with what to do under each finding that is not ok. */
export function describeFindings(findings: readonly Finding[]): string {
    const width = Math.max(0, ...findings.map(({ name }) => name.length));
    const bySubject = Object.entries(SUBJECTS).flatMap(([digit, subject]) => {
        const own = findings.filter(({ code }) => code.startsWith(`ZK${digit}`));
        return own.length === 0 ? [] : [subject, ...own.flatMap((finding) => describe(finding, width)), ""];
    });
    return [...bySubject, summaryOf(findings)].join("\n");
}

function describe({ code, name, status, detail, remedy }: Finding, width: number): string[] {
    const line = `  ${status.padEnd(4)}  ${code}  ${name.padEnd(width)}  ${detail}`;
    return remedy === "" ? [line] : [line, `        ${" ".repeat(5)}  -> ${remedy}`];
}

/** `31 checks: 29 ok, 1 warning, 1 failure. What each code means: docs/errors` */
function summaryOf(findings: readonly Finding[]): string {
    const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
    const [fine, warnings, failures] = [count("ok"), count("warn"), count("fail")];
    const parts = [`${fine} ok`, counted(warnings, "warning"), counted(failures, "failure")];
    return `${counted(findings.length, "check")}: ${parts.join(", ")}. What a code means: docs/errors/<code>.md`;
}
