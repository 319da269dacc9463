import { unbroken } from "../core/errors/quote";
import type { NoticeText } from "../core/portal/noticeText";
import type { Change } from "../core/portal/state";
import type { PortalContext } from "./context";

/**
 * A message for each place that the settings name, as rows that are sent later: nothing waits for them. Its text is one line, whatever is in
 * a reason or a name; `data` has them as they are.
 */
export function noticeRows(
    { settings, newId, now }: Pick<PortalContext, "settings" | "newId" | "now">,
    event: string,
    { text, data }: NoticeText,
): Change[] {
    const createdAtMs = now();
    return settings.notify.map(
        (_, to): Change => [
            "notices",
            newId("n-"),
            { to, event, text: unbroken(text), data, createdAtMs, attempts: 0, dueAtMs: createdAtMs },
        ],
    );
}

/** By what people know an access: its title, or its name where the settings no longer have it. */
export function titleOf({ settings }: Pick<PortalContext, "settings">, access: string): string {
    return settings.accesses.find(({ name }) => name === access)?.title ?? access;
}
