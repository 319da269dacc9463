import { pino } from "pino";

import { printable, unbroken } from "../../core/errors/quote";
import { DEFAULT } from "../../core/settings/agentSettings";
import type { AgentEvent, TaggedEvent } from "../events/events";
import { sentenceOf } from "../events/sentence";
import { redacted } from "./redact";

/** The log of the agent. */
export interface Log {
    /** Logs an event on one line. */
    tell(event: TaggedEvent): void;
    debug(message: string, fields?: Fields): void;
    info(message: string, fields?: Fields): void;
    warn(message: string, fields?: Fields): void;
    error(message: string, fields?: Fields): void;
    /** Sets the lowest level that is logged, as a reload may change it. */
    setLevel(level: LogLevel): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export type Fields = Readonly<Record<string, unknown>>;

export interface LogOptions {
    readonly level: LogLevel;
    /** `json`: a JSON document a line, for machines; `text`: a sentence a line, for people. */
    readonly format: "json" | "text";
    /** Receives complete lines with a line feed; usually the standard output. */
    write(line: string): void;
    now(): number;
    /** Redacts the secrets that the process knows. */
    redact(text: string): string;
}

/** The levels of events other than `info`. */
const LEVELS: Readonly<Partial<Record<AgentEvent["type"], LogLevel>>> = {
    "zone.verified": "debug",
    // The log has a line of its own for this, also of a standby, which records nothing.
    "configuration.reloaded": "debug",
    "membership.removed": "debug",
    "leader.lost": "warn",
    "grants.unreadable": "warn",
    "grant.refused": "warn",
    "removals.held": "warn",
    "removals.above-limit": "warn",
    "access.denied": "warn",
    "access.allowed": "warn",
    "drift.found": "warn",
    "clock.departed": "warn",
    "zone.lost": "error",
    "zone.ineffective": "error",
    "write.failed": "error",
    "member.failed": "error",
    "members.drift": "warn",
    "sessions.failed": "error",
};

/** An agent that ends for an error says so as one. */
function levelOf(event: AgentEvent): LogLevel {
    if (event.type === "agent.stopped" && event.code !== undefined) return "error";
    return LEVELS[event.type] ?? "info";
}

/** Opens a log, which redacts secrets that it knows or recognises. */
export function openLog({ level, format, write, now, redact }: LogOptions): Log {
    const logger = pino(
        {
            level,
            base: null,
            timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
            formatters: { level: (label) => ({ level: label }) },
        },
        {
            write:
                format === "json"
                    ? (line: string) => write(printable(line))
                    : (line: string) => write(textLine(JSON.parse(line))),
        },
    );
    const say = (at: LogLevel, message: string, fields: Fields = {}) => {
        logger[at](redacted(fields, redact) as object, redacted(message, redact) as string);
    };
    return {
        tell: (event) => say(levelOf(event), sentenceWithMembership(event), brief(event)),
        debug: (message, fields) => say("debug", message, fields),
        info: (message, fields) => say("info", message, fields),
        warn: (message, fields) => say("warn", message, fields),
        error: (message, fields) => say("error", message, fields),
        setLevel(to) {
            logger.level = to;
        },
    };
}

function sentenceWithMembership(event: TaggedEvent): string {
    const { membership = DEFAULT } = event;
    return membership === DEFAULT || event.type === "membership.removed"
        ? sentenceOf(event)
        : `${membership}: ${sentenceOf(event)}`;
}

/** An event without its long lists, which are in the ledger: many log collectors truncate lines at 16 KiB. */
function brief(event: AgentEvent): Fields {
    return Object.fromEntries(
        Object.entries(event).map(([key, value]) =>
            Array.isArray(value) && value.length > LONGEST_LIST ? [`${key}Count`, value.length] : [key, value],
        ),
    );
}

const LONGEST_LIST = 20;

/**
 * `12:00:03 warn  the source cannot be read, …`; without control characters, so that a grant's text cannot forge a
 * line.
 */
function textLine({
    time,
    level,
    msg,
}: {
    readonly time: string;
    readonly level: string;
    readonly msg: string;
}): string {
    return `${time.slice(11, 19)} ${level.padEnd(5)} ${unbroken(msg)}\n`;
}
