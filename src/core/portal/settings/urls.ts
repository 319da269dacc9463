import { isLoopback } from "../../addresses/loopback";

/** What is wrong with a URL that people or programs are sent to; plain http is for this machine only. */
export function urlProblem(text: string, kind: "origin" | "issuer"): string | undefined {
    if (!URL.canParse(text)) return "is not a URL such as https://access.example.com";
    const url = new URL(text);
    if (url.protocol !== "https:" && url.protocol !== "http:") return "does not begin with https://";
    if (url.protocol === "http:" && !isLoopbackUrl(text)) {
        return "begins with http://, which is for loopback addresses only: write https://";
    }
    if (url.username !== "" || url.password !== "") return "holds a user or a password";
    if (url.search !== "" || url.hash !== "") return "has a query or a fragment";
    return kind === "origin" && url.pathname !== "/" ? "has a path: give the portal a host name of its own" : undefined;
}

export function isLoopbackUrl(text: string): boolean {
    if (!URL.canParse(text)) return false;
    return isLoopback(new URL(text).hostname);
}

/** Whether an issuer is an Okta org's own authorization server, where `sub` is the user's id. */
export function isOktaOrg(issuer: string): boolean {
    if (!URL.canParse(issuer)) return false;
    const { hostname, pathname } = new URL(issuer);
    return /\.(okta|oktapreview|okta-emea|okta-gov|trexcloud)\.(com|mil)$/.test(hostname) && pathname === "/";
}
