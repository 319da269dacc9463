import type { Document } from "../state/document";

/** What a user may do with an attribute of their own. */
type OwnAction = "READ_ONLY" | "READ_WRITE" | "HIDE";

/**
 * The attributes that every profile of a user has, in Okta's order: title, what users may do with their own, and what
 * else the schema says. Source: the Okta provider's recording DataSourceOktaUser_read.
 */
const BASE: Readonly<Record<string, readonly [title: string, own: OwnAction, more?: Document]>> = {
    login: ["Username", "READ_ONLY", { required: true, minLength: 5, maxLength: 100 }],
    firstName: ["First name", "READ_WRITE", { required: true, minLength: 1, maxLength: 50 }],
    lastName: ["Last name", "READ_WRITE", { required: true, minLength: 1, maxLength: 50 }],
    middleName: ["Middle name", "READ_ONLY"],
    honorificPrefix: ["Honorific prefix", "READ_ONLY"],
    honorificSuffix: ["Honorific suffix", "READ_ONLY"],
    email: ["Primary email", "READ_WRITE", { required: true, format: "email" }],
    title: ["Title", "READ_ONLY"],
    displayName: ["Display name", "READ_ONLY"],
    nickName: ["Nickname", "READ_ONLY"],
    profileUrl: ["Profile Url", "READ_ONLY", { format: "uri" }],
    secondEmail: ["Secondary email", "READ_WRITE", { format: "email" }],
    mobilePhone: ["Mobile phone", "READ_WRITE", { maxLength: 100 }],
    primaryPhone: ["Primary phone", "HIDE", { maxLength: 100 }],
    streetAddress: ["Street address", "HIDE"],
    city: ["City", "HIDE"],
    state: ["State", "HIDE"],
    zipCode: ["Zip code", "HIDE"],
    countryCode: ["Country code", "HIDE", { format: "country-code" }],
    postalAddress: ["Postal Address", "HIDE"],
    preferredLanguage: ["Preferred language", "READ_ONLY", { format: "language-code" }],
    locale: ["Locale", "READ_ONLY", { format: "locale" }],
    timezone: ["Time zone", "READ_ONLY", { format: "timezone" }],
    userType: ["User type", "READ_ONLY"],
    employeeNumber: ["Employee number", "READ_ONLY"],
    costCenter: ["Cost center", "READ_ONLY"],
    organization: ["Organization", "READ_ONLY"],
    division: ["Division", "READ_ONLY"],
    department: ["Department", "READ_ONLY"],
    managerId: ["ManagerId", "READ_ONLY"],
    manager: ["Manager", "READ_ONLY"],
};

/** Their names. */
export const ATTRIBUTES: readonly string[] = Object.keys(BASE);

/** What the schema says of each, by name. */
export function baseAttributes(): Record<string, Document> {
    const entries = Object.entries(BASE).map(([name, [title, action, more]]) => {
        const permissions = [{ principal: "SELF", action }];
        return [name, { title, type: "string", mutability: "READ_WRITE", scope: "NONE", ...more, permissions }];
    });
    return Object.fromEntries(entries);
}
