/** A problem with the name of its store in front, once: `file /srv/portal.jsonl: it is empty or gone`. */
export function ofStore(name: string, problem: string): string {
    return problem.startsWith(`${name}: `) ? problem : `${name}: ${problem}`;
}
