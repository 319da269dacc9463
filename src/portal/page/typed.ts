import { html, type Markup } from "../../agent/page/markup";
import type { PortalState } from "../../core/portal/state";
import type { PortalContext } from "../context";
import { form } from "./forms";

/** What a visitor sent with a form of the page that could not be done: it is shown to this visitor again, and never sent by itself. */
export interface Typed {
    /** The form's action: `/do/grants`. */
    readonly path: string;
    readonly fields: Readonly<Record<string, string>>;
}

/** The fields that people fill in, with their labels, longest texts, and kinds of input. */
const FIELDS: Readonly<Record<string, readonly [label: string, most: number, type?: string]>> = {
    user: ["User", 320],
    address: ["IPv4 address", 64],
    ticket: ["Ticket", 200],
    reason: ["Reason", 1000],
    duration: ["Duration", 20],
    startsAt: ["Start", 40],
    note: ["Note", 1000],
};

/** Those that a button or the page filled in. */
const HIDDEN: Readonly<Record<string, number>> = { access: 63, breakGlass: 5, decision: 10 };

const PATH =
    /^\/do\/(?:grants(?:\/[\w-]{1,80}\/(?:extend|address|revoke|sign-off))?|requests\/[\w-]{1,80}|people\/revoke)$/;

/** What is worth keeping of a body; undefined for one of no form of the page. */
export function typedIn(path: string, body: unknown): Typed | undefined {
    if (!PATH.test(path) || typeof body !== "object" || body === null) return undefined;
    const fields: Record<string, string> = {};
    for (const [name, value] of Object.entries(body)) {
        const most = FIELDS[name]?.[1] ?? HIDDEN[name];
        if (typeof value === "string" && value !== "" && most !== undefined) fields[name] = value.slice(0, most);
    }
    return { path, fields };
}

/** The same form again, filled in. Nothing is sent before its button is pressed. */
export function typedForm(context: PortalContext, state: PortalState | undefined, csrf: string, typed: Typed): Markup {
    const { path, fields } = typed;
    const hidden = Object.keys(HIDDEN).map((name) =>
        fields[name] === undefined ? html`` : html`<input type="hidden" name="${name}" value="${fields[name]}">`,
    );
    const shown = Object.entries(FIELDS).flatMap(([name, [label, most]]) =>
        fields[name] === undefined
            ? []
            : html`<label>${label}<input name="${name}" value="${fields[name]}" maxlength="${most}" autocomplete="off" spellcheck="false"></label>`,
    );
    const inputs = shown.length === 0 ? html`` : html`<div class="fields">${shown}</div>`;
    const what = whatOf(context, state, typed);
    return form(csrf, path, html`${hidden}<h3>${what}</h3>${inputs}<button class="primary">Send</button>`, "request");
}

/** What the form was for, in the words of the page. */
function whatOf({ settings }: PortalContext, state: PortalState | undefined, { path, fields }: Typed): string {
    const titleOf = (name: string | undefined) =>
        settings.accesses.find((access) => access.name === name)?.title ?? name ?? "access";
    const [, , kind, id = "", verb] = path.split("/");
    if (kind === "people") return "End all access of a person";
    if (kind === "requests") {
        const request = state?.requests.get(id);
        const decision =
            { approve: "Approve", deny: "Deny", withdraw: "Withdraw" }[fields.decision ?? ""] ?? "Decide about";
        return request === undefined
            ? `${decision} a request`
            : `${decision} the request of ${request.holder.name} for ${titleOf(request.access)}`;
    }
    if (verb === undefined) {
        const title = titleOf(fields.access);
        if (fields.breakGlass === "true") return `Break glass for ${title}`;
        return fields.user === undefined ? `Request ${title}` : `Grant ${title} to another person`;
    }
    const title = titleOf(state?.grants.get(id)?.access);
    const verbs: Readonly<Record<string, string>> = {
        extend: `Extend ${title}`,
        address: `Add your address to ${title}`,
        revoke: `End ${title}`,
        "sign-off": `Sign off the break-glass grant for ${title}`,
    };
    return verbs[verb] ?? title;
}
