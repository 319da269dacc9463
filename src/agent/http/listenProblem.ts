/**
 * Why an address cannot be listened on, with a remedy.
 *
 *   code            because
 *   EADDRINUSE      another process has the port
 *   EACCES          the port is below 1024, and the user is not root
 *   EADDRNOTAVAIL   the address is another machine's
 *   ENOTFOUND       the name does not exist
 */
export function listenProblem({ code, message }: NodeJS.ErrnoException): string {
    return PROBLEMS[code ?? ""] ?? message;
}

const PROBLEMS: Readonly<Record<string, string>> = {
    EADDRINUSE: "another process has this port; end it, or listen on another one",
    EACCES: "this user may not have this port; choose one from 1024 up",
    EADDRNOTAVAIL: "this machine has no such address; 0.0.0.0 is all that it has",
    ENOTFOUND: "there is no host of this name; write an address such as 127.0.0.1",
};
