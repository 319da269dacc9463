import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const person = (name: string, more: object = {}) => ({
    profile: {
        firstName: name,
        lastName: "Smith",
        email: `${name}@example.com`,
        login: `${name}@example.com`,
        ...more,
    },
});
const PASSWORD = { credentials: { password: { value: "correct horse battery staple" } } };

describe("users, through their life", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const clock = { ms: 1_000_000 };
    beforeEach(async () => {
        clock.ms = 1_000_000;
        emulator = await startEmulator({ now: () => clock.ms });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());
    const create = async (name: string, body: object = {}, query = "") =>
        (await call("POST", `/api/v1/users${query}`, { ...person(name), ...body })).body;
    const status = async (id: string) => (await call("GET", `/api/v1/users/${id}`)).body.status;

    const born: [title: string, body: object, query: string, status: string, links: string][] = [
        ["activate=false", {}, "?activate=false", "STAGED", "activate resetFactors schema self type"],
        [
            "no password",
            {},
            "",
            "PROVISIONED",
            "deactivate reactivate resetFactors resetPassword schema self suspend type",
        ],
        ["an empty password, as the provider sends it", { credentials: { password: {} } }, "", "PROVISIONED", ""],
        ["a password", PASSWORD, "", "ACTIVE", ""],
        ["a password and activate=false", PASSWORD, "?activate=false", "STAGED", ""],
        ["a hash", { credentials: { password: { hash: { algorithm: "BCRYPT" } } } }, "?activate=true", "ACTIVE", ""],
    ];
    for (const [title, body, query, expected, links] of born) {
        it(`with ${title} begins as ${expected}, and shows no secret`, async () => {
            const user = await create("ana", body, query);
            assert.equal(user.status, expected);
            assert.match(user.id, /^00u[0-9A-Za-z]{17}$/);
            if (links !== "") assert.equal(Object.keys(user._links).sort().join(" "), links);
            assert.deepEqual((await call("GET", `/api/v1/users/${user.id}`)).body, user);
            assert.doesNotMatch(JSON.stringify(user), /horse|BCRYPT/);
            const { firstName, lastName, email, login } = person("ana").profile;
            assert.deepEqual(user.profile, {
                firstName,
                lastName,
                mobilePhone: null,
                secondEmail: null,
                login,
                email,
            });
        });
    }

    const steps: [from: string, step: string, answer: number, to: string][] = [
        ["STAGED", "activate", 200, "ACTIVE"],
        ["STAGED", "suspend", 400, "STAGED"],
        ["ACTIVE", "suspend", 200, "SUSPENDED"],
        ["ACTIVE", "activate", 403, "ACTIVE"],
        ["ACTIVE", "deactivate", 200, "DEPROVISIONED"],
        ["ACTIVE", "unsuspend", 400, "ACTIVE"],
        ["ACTIVE", "expire_password", 200, "PASSWORD_EXPIRED"],
        ["ACTIVE", "reset_password", 200, "RECOVERY"],
        ["SUSPENDED", "unsuspend", 200, "ACTIVE"],
        ["SUSPENDED", "suspend", 400, "SUSPENDED"],
        ["SUSPENDED", "deactivate", 200, "DEPROVISIONED"],
        ["LOCKED_OUT", "unlock", 200, "ACTIVE"],
        ["DEPROVISIONED", "activate", 200, "ACTIVE"],
        ["DEPROVISIONED", "deactivate", 400, "DEPROVISIONED"],
        ["DEPROVISIONED", "suspend", 400, "DEPROVISIONED"],
    ];
    for (const [from, step, answer, to] of steps) {
        it(`${step} of a user who is ${from}: ${answer}, then ${to}`, async () => {
            const users = [{ id: "00u1", login: "ana@example.com", status: from }];
            await using okta = await startEmulator({ seed: { users } });
            const result = await callerOf(okta)("POST", `/api/v1/users/ana@example.com/lifecycle/${step}`);
            assert.equal(result.status, answer, JSON.stringify(result.body));
            assert.equal((await callerOf(okta)("GET", "/api/v1/users/00u1")).body.status, to);
        });
    }

    it("a user without a password who is activated is PROVISIONED", async () => {
        const { id } = await create("ana", {}, "?activate=false");
        assert.deepEqual((await call("POST", `/api/v1/users/${id}/lifecycle/activate`)).body, {});
        assert.equal(await status(id), "PROVISIONED");
    });

    it("the first DELETE deactivates, the second one deletes, and then 404", async () => {
        const { id } = await create("ana");
        assert.equal((await call("DELETE", `/api/v1/users/${id}`)).status, 204);
        assert.equal(await status(id), "DEPROVISIONED");
        assert.equal((await call("DELETE", `/api/v1/users/${id}`)).status, 204);
        assert.equal((await call("GET", `/api/v1/users/${id}`)).status, 404);
        assert.equal((await call("DELETE", `/api/v1/users/${id}`)).status, 404);
    });

    it("PUT of credentials alone keeps the profile, and of neither is refused", async () => {
        const { id, profile } = (await call("POST", "/api/v1/users", person("cyd"))).body;
        const put = await call("PUT", `/api/v1/users/${id}`, {
            credentials: { password: { value: "Another-1-secret" } },
        });
        assert.deepEqual([put.status, put.body.profile], [200, profile]);
        assert.equal((await call("PUT", `/api/v1/users/${id}`, {})).status, 400);
    });

    it("POST adds to a profile, PUT replaces it; lastUpdated is fresh and the password is kept", async () => {
        const { id } = await create("ana", { ...PASSWORD, ...person("ana", { city: "Rome", mobilePhone: "1" }) });
        clock.ms += 5000;
        const added = (await call("POST", `/api/v1/users/${id}`, { profile: { title: "Dr." } })).body;
        assert.deepEqual(
            [added.profile.city, added.profile.title, added.profile.mobilePhone, added.lastUpdated],
            ["Rome", "Dr.", "1", "1970-01-01T00:16:45.000Z"],
        );
        const put = (await call("PUT", `/api/v1/users/${id}`, person("ana", { zipCode: "1", city: null }))).body;
        assert.deepEqual(
            ["city" in put.profile, "title" in put.profile, put.profile.mobilePhone, put.profile.zipCode],
            [false, false, null, "1"],
        );
        await call("POST", `/api/v1/users/${id}/lifecycle/deactivate`);
        await call("POST", `/api/v1/users/${id}/lifecycle/activate`);
        assert.equal(await status(id), "ACTIVE");
    });

    const refused: [title: string, body: object, field: string, cause: RegExp][] = [
        ["no login", { profile: { email: "a@example.com" } }, "login", /cannot be left blank/],
        ["a login that is no address", person("ana", { login: "ana" }), "login", /form of an email address/],
        ["an address that is none", person("ana", { email: "ana" }), "email", /required pattern/],
        ["an attribute that there is not", person("ana", { notValid: 1 }), "newUser", /^Property name 'notValid' is/],
        [
            "a login that is taken, in another case",
            person("bob", { login: "BOB@example.com" }),
            "login",
            /already exists/,
        ],
    ];
    for (const [title, body, field, cause] of refused) {
        it(`refuses ${title}`, async () => {
            await create("bob");
            const answer = await call("POST", "/api/v1/users", body);
            assert.deepEqual([answer.status, answer.body.errorSummary], [400, `Api validation failed: ${field}`]);
            assert.match(answer.body.errorCauses[0].errorSummary, cause);
        });
    }

    it("puts a new user into groups, and refuses a group or a type that there is not", async () => {
        const { id: group } = (await call("POST", "/api/v1/groups", { profile: { name: "Staff" } })).body;
        const { id } = await create("ana", { groupIds: [group] });
        const { body } = await call("GET", `/api/v1/groups/${group}/users`);
        assert.deepEqual(
            body.map((user: { id: string }) => user.id),
            [id],
        );
        for (const more of [{ groupIds: ["00g9"] }, { type: { id: "oty9" } }]) {
            assert.equal((await call("POST", "/api/v1/users", { ...person("bob"), ...more })).status, 404);
        }
    });
});

describe("the list of users", () => {
    const users = ["ana", "bob", "cyd", "dan"].map((name, index) => ({
        id: `00u${index}`,
        login: `${name}@example.com`,
        status: name === "dan" ? "DEPROVISIONED" : "ACTIVE",
        created: `202${index}-01-01T00:00:00.000Z`,
        profile: { firstName: name, lastName: index < 2 ? "Smith" : "Jones", ...(index === 0 && { city: "Rome" }) },
    }));
    const rows: [query: string, found: string][] = [
        ["", "00u0 00u1 00u2"],
        ["?q=an", "00u0"],
        ["?q=JON", "00u2"],
        ["?q=nobody", ""],
        ['?filter=status eq "DEPROVISIONED"', "00u3"],
        ['?filter=profile.login eq "bob@example.com" or id eq "00u2"', "00u1 00u2"],
        ['?search=profile.lastName eq "Jones"', "00u2 00u3"],
        ['?search=profile.email sw "a" or profile.firstName eq "cyd"', "00u0 00u2"],
        ["?search=profile.city pr", "00u0"],
        ['?search=profile.city pr and profile.lastName eq "Jones"', ""],
        ['?search=created gt "2021-01-01T00:00:00.000Z"', "00u2 00u3"],
        ['?search=created ge "2021-01-01T00:00:00.000Z" and created lt "2023"', "00u1 00u2"],
        ['?search=profile.login co "@example"&sortOrder=0', "00u0 00u1 00u2 00u3"],
    ];
    for (const [query, found] of rows) {
        it(`with ${query || "no query"} is ${found || "empty"}`, async () => {
            await using emulator = await startEmulator({ seed: { users } });
            const { body } = await callerOf(emulator)("GET", `/api/v1/users${encodeURI(query)}`);
            assert.equal(body.map(({ id }: { id: string }) => id).join(" "), found);
        });
    }

    for (const query of ["?search=x", '?search=secret eq "1"', '?filter=profile.city eq "Rome"', "?filter=id pr"]) {
        it(`refuses ${query}`, async () => {
            await using emulator = await startEmulator({ seed: { users } });
            const { status, body } = await callerOf(emulator)("GET", `/api/v1/users${encodeURI(query)}`);
            assert.deepEqual([status, body.errorCode], [400, "E0000031"]);
        });
    }

    it("comes in pages", async () => {
        await using emulator = await startEmulator({ seed: { users } });
        const call = callerOf(emulator);
        const first = await call("GET", "/api/v1/users?limit=2");
        const next = /<([^>]*)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? assert.fail();
        const second = await call("GET", next.slice(emulator.url.length));
        assert.deepEqual(
            [...first.body, ...second.body].map(({ id }) => id),
            ["00u0", "00u1", "00u2"],
        );
        assert.doesNotMatch(second.headers.get("link") ?? "", /next/);
    });
});
