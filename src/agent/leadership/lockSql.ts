/**
 * The SQL of the leader lock. It is an advisory lock with a key of 64 bits, which belongs to a session of
 * the server, as all other queries here do: a pooler that shares sessions between clients would give
 * the same lock to two agents, since a session may acquire the same lock twice.
 *
 * So each connection marks its session with a second advisory lock, with a unique key. Both are checked in one
 * statement, which one session executes:
 *
 *   marks of this session   the connection
 *   ours alone              has a session of its own
 *   ours and another one    shares its session with another client
 *   not ours                has another session than before
 */
const MARKS = 2_064_384_911;

/** pg_locks shows a key of 64 bits in two halves, objsubid 1, and a key of two numbers as these, objsubid 2. */
const OWN = "locktype = 'advisory' AND granted AND pid = pg_backend_pid()";

const OF_DATABASE = "database = (SELECT oid FROM pg_database WHERE datname = current_database())";

const MINE = `FROM pg_locks WHERE ${OWN} AND ${OF_DATABASE} AND objsubid = 2 AND classid = ${MARKS}`;

const isMarkedAlone = (mark: number) =>
    `(SELECT coalesce(array_agg(objid::bigint), '{}') ${MINE}) = ARRAY[${mark}]::bigint[]`;

const keyed = (key: number) =>
    `locktype = 'advisory' AND granted AND ${OF_DATABASE} AND objsubid = 1 AND ((classid::bigint << 32) | objid::bigint) = ${key}`;

/** Marks the session. `answer`: whether the server is one that may be written. */
export function markSql(mark: number): string {
    return `SELECT pg_try_advisory_lock(${MARKS}, ${mark}) AND NOT pg_is_in_recovery() AS answer`;
}

/** `answer`: whether the session is marked by this mark alone. */
export function ownSql(mark: number): string {
    return `SELECT ${isMarkedAlone(mark)} AS answer`;
}

/** For another connection. `answer`: whether it has the session with this mark; the mark is then removed. */
export function metSql(mark: number): string {
    return `SELECT CASE WHEN EXISTS (SELECT ${MINE} AND objid = ${mark}) THEN pg_advisory_unlock(${MARKS}, ${mark}) ELSE false END AS answer`;
}

/** `answer`: whether the lock was acquired; null if the session is shared, and the lock was not tried. */
export function tryLockSql(key: number, mark: number): string {
    return `SELECT CASE WHEN ${isMarkedAlone(mark)} THEN pg_try_advisory_lock(${key}) END AS answer`;
}

/** `answer`: whether the session has the lock; null if the session is shared. */
export function proofSql(key: number, mark: number): string {
    const holds = `EXISTS (SELECT FROM pg_locks WHERE ${keyed(key)} AND pid = pg_backend_pid())`;
    return `SELECT CASE WHEN ${isMarkedAlone(mark)} THEN ${holds} END AS answer`;
}

/** `answer`: whether the lock was released. */
export function unlockSql(key: number, mark: number): string {
    return `SELECT CASE WHEN ${isMarkedAlone(mark)} THEN pg_advisory_unlock(${key}) AND pg_advisory_unlock(${MARKS}, ${mark}) END AS answer`;
}

/** `answer`: the holder of the lock, if this user may see it. */
export function holderSql(key: number): string {
    const from = "coalesce(', from ' || host(client_addr), '')";
    return `SELECT 'process ' || pid || ' of the server' || ${from} AS answer FROM pg_locks LEFT JOIN pg_stat_activity USING (pid) WHERE ${keyed(key)}`;
}
