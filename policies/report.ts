import type { ReportViolation } from "@pulumi/policy";

import type { Finding } from "../src/core/judging/judge";

/** Pulumi names the resource itself; a URN is for stack policies, which look at all of them. */
export function reportAll(findings: readonly Finding[], report: ReportViolation, urn?: string): void {
    for (const { problem } of findings) report(problem, urn);
}
