import { statSync } from "node:fs";
import { resolve } from "node:path";

import { openCheckedClock } from "../checkedClock";
import { systemClock } from "../clock";
import { eventChain } from "../core/chain/ipChain";
import { fail } from "../core/errors/errors";
import { oneLine } from "../core/errors/quote";
import { readSignIn } from "../core/why/signIn";
import { readSubject } from "../core/why/subject";
import { type Answer, why as whyOf } from "../core/why/why";
import { decisive, type MembershipAnswer, severalDocument } from "../core/why/whyOfSeveral";
import { oktaHttp } from "../okta/http";
import { fetchForOkta, outgoingFetch } from "../outgoing/outgoingFetch";
import { openSource } from "../sources/open";
import { untilSettled } from "./arguments/deadline";
import { inputName, readJson } from "./arguments/readInput";
import { describeWhy, shortSentenceOf } from "./describe/describeWhy";
import { askAgent } from "./facts/askAgent";
import { type Asked, gatherWhy } from "./facts/gatherWhy";
import { readSetups, type Setup, type SetupFlags } from "./facts/setup";
import { denialsIn, memoryIn } from "./stateFolder";
import { STATUS, type Terminal } from "./terminal/terminal";

/** A person waits for the answer, so an exhausted rate limit is reported rather than waited for. */
const PATIENCE_MS = 2_000;

/** Says why a person, an address or an event is in or not. Reads only. */
export async function why(argument: string, flags: SetupFlags, terminal: Terminal): Promise<number> {
    const asked = await readAsked(argument, terminal);
    if (flags.config === undefined && (flags.zone ?? []).length === 0) {
        fail("bad-input", "say which zones it is about: --zone ID, or --config FILE of an agent");
    }
    const answers: MembershipAnswer[] = [];
    for (const setup of await readSetups(flags, terminal)) {
        answers.push({ membership: setup.membership, ...whyOf(await look(asked, setup, terminal)) });
    }
    const answer = decisive(answers);
    terminal.out(flags.json ? JSON.stringify(severalDocument(answer, answers)) : describeSeveral(answer, answers));
    return statusOf(answer);
}

async function look(asked: Asked, setup: Setup, terminal: Terminal) {
    const { env, directory } = terminal;
    const { connection, rules, state, agent } = setup;
    const time = openCheckedClock(systemClock);
    const http = oktaHttp({
        connection,
        ...time,
        fetch: time.hearing(fetchForOkta(connection, env)),
        maxThrottleWaitMs: PATIENCE_MS,
    });
    const { widestPrefix, allowUnroutable } = rules;
    const opening = { directory, env, ...time, limits: { widestPrefix, allowUnroutable }, okta: http };
    // The log source would write there how far it has read; pushes are nowhere else.
    const folder = setup.source?.type === "webhook" && state !== undefined ? { state } : {};
    const source = setup.source && openSource(setup.source, { ...opening, ...folder });
    return untilSettled(async (signal) =>
        gatherWhy(asked, {
            ...setup,
            credential: connection.credential,
            http,
            source,
            memory: state === undefined ? undefined : memoryIn(state, terminal, "read"),
            denials: setup.denials === undefined ? [] : await denialsIn(setup.denials, terminal),
            askAgent: agent && (() => askAgent({ ...agent, fetch: outgoingFetch({}), signal })),
            clock: time,
            signal,
        }),
    ).finally(() => source?.close?.());
}

/** An event comes from a file, as explain --event takes it, or from the System Log, by its id. */
async function readAsked(argument: string, terminal: Terminal): Promise<Asked> {
    const isFile = /^[^@,]+$/.test(argument) && isFileAt(resolve(terminal.directory, argument));
    const subject = isFile && !/^[\d.:]+$/.test(argument) ? fileOf(argument) : readSubject(argument);
    if (subject.kind !== "event file") return subject;
    const input = { kind: "event file", path: subject.text };
    const document = await readJson(input, terminal);
    const name = inputName(input);
    try {
        eventChain(document);
    } catch (error) {
        return fail("bad-input", `${name}: ${(error as Error).message}`);
    }
    const event = readSignIn(Array.isArray(document) ? document[0] : document, "any");
    const text = `the event of ${name}`;
    return event === undefined
        ? fail("bad-input", `${name} has no eventType or published`)
        : { kind: "event", text, event };
}

function isFileAt(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function fileOf(text: string) {
    return { kind: "event file", text } as const;
}

/** The answer that decides, and one line for each of the other memberships. */
function describeSeveral(answer: MembershipAnswer, answers: readonly MembershipAnswer[]): string {
    if (answer.membership === undefined) return describeWhy(answer);
    const others = answers.filter((each) => each !== answer);
    const lines = others.map((other) => `  ${other.membership}: ${oneLine(shortSentenceOf(other))}`);
    return [
        `Membership ${answer.membership}`,
        describeWhy(answer),
        ...(lines.length === 0 ? [] : ["", "The other memberships:", ...lines]),
    ].join("\n");
}

/** "Not known" comes first: a reader must not take the rest for an answer. */
function statusOf({ inside, lines }: Answer): number {
    if (inside === undefined) return STATUS.failed;
    return inside && lines.every(({ status }) => status !== "bad") ? STATUS.done : STATUS.refused;
}
