/** The rows that meet a condition. A table may have 10,000 rows, and each page asks: no copy of all of them is made. */
export function rowsWhere<T>(rows: Iterable<T>, isOne: (row: T) => boolean): T[] {
    const found: T[] = [];
    for (const row of rows) if (isOne(row)) found.push(row);
    return found;
}
