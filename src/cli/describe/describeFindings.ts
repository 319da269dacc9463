import type { Finding } from "../../core/doctor/examine";
import { counted } from "../../core/doctor/verdict";
import { oneLine } from "../../core/errors/quote";

/** What the codes are about, by their first digit. */
const CHAPTERS: Readonly<Record<string, string>> = {
    1: "The way to Okta",
    2: "Zones",
    3: "Policies",
    4: "Grants",
    5: "Limits",
    6: "Writes",
};

/** What the doctor found, for people: by chapter, with what to do under each finding that is not ok. */
export function describeFindings(findings: readonly Finding[]): string {
    const chapters = Object.entries(CHAPTERS).map(([digit, title]) => {
        return { title, own: merged(findings.filter(({ code }) => code.startsWith(`ZK${digit}`))) };
    });
    const width = Math.max(0, ...chapters.flatMap(({ own }) => own.map(({ subject }) => subject.length)));
    const lines = chapters.flatMap(({ title, own }) => {
        return own.length === 0 ? [] : [title, ...own.flatMap((finding) => describe(finding, width)), ""];
    });
    return [...lines, summaryOf(findings)].join("\n");
}

/** What could not be checked for one and the same reason is said once in a chapter. */
function merged(findings: readonly Finding[]): Finding[] {
    const sayings = findings.map(({ status, detail, remedy }) => JSON.stringify([status, detail, remedy]));
    return findings.flatMap((finding, index) => {
        const alike = findings.filter((_other, other) => sayings[other] === sayings[index]);
        if (alike.length === 1 || finding.remedy === "") return [finding];
        return finding === alike[0] ? [{ ...finding, subject: `${finding.subject} and ${alike.length - 1} more` }] : [];
    });
}

/** `  warn  ZK111  clock         40 s ahead of Okta's`, and the remedy below. */
function describe({ code, subject, status, detail, remedy }: Finding, width: number): string[] {
    const line = `  ${status.padEnd(4)}  ${code}  ${subject.padEnd(width)}  ${oneLine(detail)}`;
    return remedy === "" ? [line] : [line, `               -> ${remedy}`];
}

/** `31 checks: 29 ok, 1 warning, 1 failure. …` */
function summaryOf(findings: readonly Finding[]): string {
    const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
    const parts = [`${count("ok")} ok`, counted(count("warn"), "warning"), counted(count("fail"), "failure")];
    return `${counted(findings.length, "check")}: ${parts.join(", ")}. What a code means is in docs/errors.`;
}
