import { cliPage } from "./cliPage";
import { httpApiPage } from "./httpApiPage";
import { metricsPage } from "./metricsPage";
import { settingsPage } from "./settingsPage";

/** The pages of the reference that the code itself writes, by their paths from the root. */
export const PAGES: Readonly<Record<string, () => Promise<string>>> = {
    "docs/reference/cli.md": cliPage,
    "docs/reference/http-api.md": httpApiPage,
    "docs/reference/metrics.md": metricsPage,
    "docs/reference/settings.md": settingsPage,
};
