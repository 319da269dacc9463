import { cliPage } from "./cliPage";
import { metricsPage } from "./metricsPage";

/** The pages of the reference that the code itself writes, by their paths from the root. */
export const PAGES: Readonly<Record<string, () => Promise<string>>> = {
    "docs/reference/cli.md": cliPage,
    "docs/reference/metrics.md": metricsPage,
};
