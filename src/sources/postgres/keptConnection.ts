import { fail } from "../../core/errors/errors";
import { limitedSignal } from "../../limitedSignal";
import { type Connection, connect } from "./connect";
import { databaseProblem, isRefusal } from "./problem";

/** @param signal Aborts when the caller gives up; this also ends the connection. */
type KeptWork<T> = (connection: Connection, signal: AbortSignal) => Promise<T>;

/** A connection that is reused for one piece of work after the other, and is opened again if it was closed. */
export interface KeptConnection {
    /**
     * Does work over the idle connection, or over a new one. If the idle connection turns out to be
     * closed, the work is done again over a new one; so it has to be repeatable.
     *
     * @param timeoutMs The limit for all of it, including a new connection.
     * @throws `source-unreadable` if it takes longer; what the work throws
     */
    use<T>(work: KeptWork<T>, timeoutMs: number, signal: AbortSignal): Promise<T>;
    close(): Promise<void>;
}

/** @param url The URL with its password, read again for each connection. */
export function keptConnection(url: () => string): KeptConnection {
    const idle = idleConnection();

    async function over<T>(connection: Connection, work: KeptWork<T>, signal: AbortSignal) {
        const stop = () => void connection.end().catch(() => {});
        signal.addEventListener("abort", stop);
        try {
            signal.throwIfAborted();
            const result = await work(connection, signal);
            idle.keep(connection);
            return result;
        } catch (error) {
            stop();
            throw error;
        } finally {
            signal.removeEventListener("abort", stop);
        }
    }

    async function twice<T>(work: KeptWork<T>, signal: AbortSignal): Promise<T> {
        const kept = idle.take();
        if (kept !== undefined) {
            try {
                return await over(kept, work, signal);
            } catch (error) {
                if (signal.aborted || isRefusal(error) || databaseProblem(error) === undefined) throw error;
            }
        }
        const made = await connect(url(), signal);
        made.on("end", () => idle.lose(made));
        return over(made, work, signal);
    }

    return {
        async use(work, timeoutMs, signal) {
            const limit = limitedSignal(signal, timeoutMs);
            try {
                return await twice(work, limit.signal);
            } catch (cause) {
                if (!limit.signal.aborted || signal.aborted) throw cause;
                return fail(
                    "source-unreadable",
                    `no whole answer within ${timeoutMs / 1000} s; see what keeps the database busy`,
                    { cause },
                );
            } finally {
                limit.release();
            }
        },
        close: () => idle.close(),
    };
}

/** The idle connection, which does not keep the process alive. */
function idleConnection() {
    let idle: Connection | undefined;
    let isClosed = false;
    return {
        take(): Connection | undefined {
            const connection = idle;
            idle = undefined;
            connection?.ref();
            return connection;
        },
        keep(connection: Connection): void {
            if (idle !== undefined || isClosed) return void connection.end().catch(() => {});
            idle = connection;
            connection.unref();
        },
        lose(connection: Connection): void {
            if (idle === connection) idle = undefined;
        },
        async close(): Promise<void> {
            isClosed = true;
            await this.take()?.end();
        },
    };
}
