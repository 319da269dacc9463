import { systemClock } from "../clock";
import { fail } from "../core/errors/errors";
import { DEVICE_GRANT } from "../core/portal/deviceGrant";
import { formatDuration, parseDuration } from "../core/portal/duration";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { noAnswer } from "./portal/askSurely";
import { grantOf, grantWhile } from "./portal/grantWhile";
import { ask, keepToken, openPortalClient, type PortalClient, requirePortalUrl } from "./portal/portalClient";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface PortalFlag {
    readonly portal?: string;
    readonly json?: boolean;
}

export interface GrantFlags extends PortalFlag {
    readonly access: string;
    readonly duration?: string;
    readonly reason?: string;
    readonly ticket?: string;
    readonly breakGlass?: boolean;
    readonly follow?: boolean;
    readonly command: readonly string[];
}

type Shown = Readonly<Record<string, unknown>>;

/** Signs this machine in by the device flow: the person confirms a code in a browser. */
export async function login({ portal = "" }: PortalFlag, terminal: Terminal): Promise<number> {
    const url = requirePortalUrl(portal);
    const fetch = outgoingFetch(terminal.env);
    const post = (path: string, fields: Readonly<Record<string, string>>) =>
        ask(fetch, `${url}${path}`, { method: "POST", body: String(new URLSearchParams(fields)), headers: FORM });
    const { status, body } = await post("/device_authorization", { client_id: "zonekeeper-cli" });
    if (status !== 200) return fail("bad-input", `the portal begins no sign-in: ${body.detail ?? `status ${status}`}`);
    if (typeof body.user_code !== "string")
        return noAnswer(url, "what answers there is not the portal; check the address", undefined);
    terminal.out(`Open ${body.verification_uri_complete} and compare the code: ${body.user_code}`);
    let waitMs = Number(body.interval) * 1000;
    const untilMs = systemClock.elapsedMs() + Number(body.expires_in) * 1000;
    while (systemClock.elapsedMs() < untilMs) {
        await systemClock.sleep(waitMs, new AbortController().signal);
        const answer = await post("/token", { grant_type: DEVICE_GRANT, device_code: String(body.device_code) });
        const { access_token: token, error } = answer.body;
        if (typeof token === "string") {
            await keepToken(terminal, { portal: url, token });
            terminal.out(`Signed in at ${url}.`);
            return STATUS.done;
        }
        if (error === "slow_down") waitMs += 5_000;
        else if (error !== "authorization_pending") return fail("bad-input", `the sign-in was not allowed: ${error}`);
    }
    return fail("bad-input", "the code was not confirmed in time: run zonekeeper login again");
}

/** Grants access; with a command, for as long as it runs. */
export async function grant(flags: GrantFlags, terminal: Terminal): Promise<number> {
    const client = await openPortalClient(flags.portal, terminal, outgoingFetch(terminal.env));
    const { access, duration, reason, ticket, breakGlass, json, command, follow } = flags;
    const body = {
        access,
        ...(duration && { duration }),
        ...(reason && { reason }),
        ...(ticket && { ticket }),
        ...(breakGlass && { breakGlass }),
    };
    const { status, body: made } = await client.call("POST", "/api/v1/grants", body, `${access} is granted`);
    if (command.length > 0) {
        if (status !== 201) return withdrawn(client, made);
        terminal.err(lineOf(made));
        return grantWhile(client, made, command, terminal);
    }
    if (json) terminal.out(JSON.stringify(made));
    else terminal.out(status === 202 ? `requested ${access} (${made.id}): it waits for an approver` : lineOf(made));
    return follow && status === 201 ? followGrant(client, String(made.id), terminal) : STATUS.done;
}

/** Nobody waits at a terminal or in a job for an approver: the request would come to nothing. */
async function withdrawn(client: PortalClient, { id }: Shown): Promise<never> {
    await client.call("POST", `/api/v1/requests/${id}`, { decision: "withdraw" });
    return fail("bad-input", "the access needs an approval: the request was withdrawn and the command was not run");
}

async function followGrant(client: PortalClient, id: string, terminal: Terminal): Promise<number> {
    let told = "";
    for (;;) {
        const found = await grantOf(client, id);
        if (found.state !== told) terminal.out(lineOf(found));
        told = String(found.state);
        if (told === "ended" || told === "refused") return STATUS.done;
        await systemClock.sleep(2_000, new AbortController().signal);
    }
}

/** Lists one's own grants. */
export async function grants({ portal, json }: PortalFlag, terminal: Terminal): Promise<number> {
    const client = await openPortalClient(portal, terminal, outgoingFetch(terminal.env));
    const { body } = await client.call("GET", "/api/v1/grants");
    const list = body.grants as readonly Shown[];
    if (json) terminal.out(JSON.stringify(body));
    else for (const each of list.filter(({ state }) => state !== "ended")) terminal.out(lineOf(each));
    return STATUS.done;
}

/** Sets the duration of a grant, from its start; without one it lasts the usual time from now on, as far as the access allows. */
export async function extend(
    { portal, json, id, duration: given }: PortalFlag & { readonly id: string; readonly duration?: string },
    terminal: Terminal,
): Promise<number> {
    const client = await openPortalClient(portal, terminal, outgoingFetch(terminal.env));
    const duration = given ?? (await usualExtension(client, id));
    const path = `/api/v1/grants/${encodeURIComponent(id)}`;
    const { status, body } = await client.call("PATCH", path, { duration }, `${id} is extended to ${duration}`);
    if (json) terminal.out(JSON.stringify(body));
    else terminal.out(status === 202 ? `requested (${body.id}): it waits for an approver` : lineOf(body));
    return STATUS.done;
}

async function usualExtension(client: PortalClient, id: string): Promise<string> {
    const { startsAt, expiresAt, access } = await grantOf(client, id);
    const { body } = await client.call("GET", "/api/v1/me");
    const accesses = body.accesses as readonly { readonly name: string; readonly duration: Shown }[];
    const { default: usual, max } = accesses.find(({ name }) => name === access)?.duration ?? {};
    const [usualMs, maxMs] = [parseDuration(usual), parseDuration(max)];
    if (usualMs === undefined || maxMs === undefined) return fail("bad-input", `you may no longer have ${access}`);
    const startMs = Date.parse(String(startsAt));
    // What has passed of a minute counts as one, so that the end is never earlier than meant.
    const wantedMs = Math.ceil((Math.max(0, systemClock.now() - startMs) + usualMs) / 60_000) * 60_000;
    const durationMs = Math.min(maxMs, wantedMs);
    if (startMs + durationMs > Date.parse(String(expiresAt))) return formatDuration(durationMs);
    return fail("bad-input", `${id} ends at ${expiresAt}, and ${max} from its start is the most: nothing was changed`);
}

/** Ends a grant, or all of one's own: those after one that cannot be ended as well. */
export async function revoke(
    { portal, json, id }: PortalFlag & { readonly id?: string },
    terminal: Terminal,
): Promise<number> {
    const client = await openPortalClient(portal, terminal, outgoingFetch(terminal.env));
    const { body } = await client.call("GET", "/api/v1/grants");
    const own = (body.grants as readonly Shown[])
        .filter(({ state }) => state !== "ended")
        .map((each) => String(each.id));
    const ended: Shown[] = [];
    const failures: unknown[] = [];
    for (const each of id === undefined ? own : [id]) {
        await client.call("DELETE", `/api/v1/grants/${encodeURIComponent(each)}`).then(
            ({ body: grant }) => ended.push(grant),
            (error: unknown) => failures.push(error),
        );
    }
    if (failures.length > 0) {
        if (ended.length > 0) terminal.err(ended.map(lineOf).join("\n"));
        throw failures[0];
    }
    if (json) terminal.out(JSON.stringify({ grants: ended }));
    else terminal.out(ended.length === 0 ? "there is nothing to revoke" : ended.map(lineOf).join("\n"));
    return STATUS.done;
}

function lineOf({ id, access, addresses, expiresAt, endedAt, state, confirmed }: Shown): string {
    // Each of the other states is said by an agent, or by an agent that is silent now.
    const isSaid = state !== "pending" && state !== "scheduled" && state !== "ended";
    const told = isSaid && confirmed === false ? `${state}, not confirmed` : state;
    const when = endedAt === undefined ? `until ${expiresAt}` : `ended at ${endedAt}`;
    return `${access}  ${told}  from ${(addresses as readonly string[]).join(", ")}  ${when}  (${id})`;
}

const FORM = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
