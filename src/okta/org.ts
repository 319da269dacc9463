import { fail } from "../core/errors/errors";
import { fieldsOf, momentOf, textOf } from "./exchange/fields";
import { unexpected } from "./exchange/unexpected";
import type { OktaHttp } from "./http";

/** What an org tells everybody about itself. */
export interface Organization {
    readonly id: string;
    /** Where it is hosted, such as `us_cell_1` or `op3`. */
    readonly cell: string | undefined;
    /** `idx` is Identity Engine, `v1` the Classic engine. */
    readonly pipeline: string | undefined;
    /** When it answered, by Okta's clock, in whole seconds; undefined where the answer has no date. */
    readonly dateMs: number | undefined;
}

/** The user that the credential acts for. */
export interface Me {
    readonly id: string;
    readonly login: string | undefined;
    readonly status: string | undefined;
}

/** Sends no credential, so it also tells whether there is an org at the address at all. @throws `okta-*` */
export async function readOrganization(http: OktaHttp, signal: AbortSignal): Promise<Organization> {
    const path = "/.well-known/okta-organization";
    const { body, headers } = await http.request("GET", path, { signal, anonymous: true });
    const { id, cell, pipeline } = fieldsOf(body);
    return {
        id: textOf(id) ?? fail("okta-unreachable", `GET ${path}: the answer does not describe an org`),
        cell: textOf(cell),
        pipeline: textOf(pipeline),
        dateMs: momentOf(headers.get("date")),
    };
}

/** Whom an API token acts for; an OAuth app is nobody, and gets an `okta-*` error. @throws `okta-*` */
export async function whoAmI(http: OktaHttp, signal: AbortSignal): Promise<Me> {
    const path = "/api/v1/users/me";
    const { body } = await http.request("GET", path, { signal });
    const { id, status, profile } = fieldsOf(body);
    return {
        id: textOf(id) ?? unexpected(path, "a user"),
        login: textOf(fieldsOf(profile).login),
        status: textOf(status),
    };
}
