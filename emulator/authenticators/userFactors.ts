import type { FastifyInstance, FastifyRequest } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import { findUser } from "../people/findUser";
import { type Document, documentOf } from "../state/document";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

/** Some of Okta's security questions, by their key. Source: the Okta provider's recording UserFactorQuestion_crud. */
const QUESTIONS: Readonly<Record<string, string>> = {
    disliked_food: "What is the food you least liked as a child?",
    name_of_first_plush_toy: "What is the name of your first stuffed animal?",
    first_award: "What did you earn your first medal or award for?",
    favorite_toy: "What is the toy/stuffed animal you liked the most as a kid?",
    first_thing_cooked: "What was the first thing you learned to cook?",
    favorite_sports_player: "Who is your favorite sports player?",
};

const ANSWER_MIN_LENGTH = 4;

/**
 * The security question of a user; nobody enrolls in another factor here. Answers are not kept.
 *
 * Source of the shapes and statuses: the Okta provider's recording UserFactorQuestion_crud; of the rules for answers: Okta's
 * reference, user factors. Okta's words for a refusal are not known.
 */
export function userFactorRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/users/:id/factors";
    const userId = (request: FastifyRequest) => String(findUser(world.org, paramsOf(request).id).id);
    const factorOf = (request: FastifyRequest) => {
        const { other } = paramsOf(request);
        return factorsOf(world, userId(request)).get(other) ?? missing(other, "UserFactor");
    };
    const keep = (user: string, factor: Document) => {
        factorsOf(world, user).set(String(factor.id), factor);
        return showFactor(factor, user, world.url);
    };
    app.get(all, async (request) => {
        const user = userId(request);
        return [...factorsOf(world, user).values()].map((factor) => showFactor(factor, user, world.url));
    });
    app.get(`${all}/questions`, async (request) => {
        userId(request);
        return Object.entries(QUESTIONS).map(([question, questionText]) => ({ question, questionText }));
    });
    app.post(all, async (request) => {
        const user = userId(request);
        const body = bodyOf(request);
        checkKind(world, user, body);
        const now = stampOf(world.now());
        const kind = { factorType: "question", provider: "OKTA", vendorName: "OKTA", status: "ACTIVE" };
        return keep(user, {
            id: world.ids.id("ufs"),
            ...kind,
            created: now,
            lastUpdated: now,
            profile: profileOf(body),
        });
    });
    app.get(`${all}/:other`, async (request) => showFactor(factorOf(request), userId(request), world.url));
    app.put(`${all}/:other`, async (request) => {
        const changed = { profile: profileOf(bodyOf(request)), lastUpdated: stampOf(world.now()) };
        return keep(userId(request), { ...factorOf(request), ...changed });
    });
    app.delete(`${all}/:other`, async (request, reply) => {
        factorsOf(world, userId(request)).delete(String(factorOf(request).id));
        return reply.code(204).send();
    });
}

function factorsOf({ org }: World, userId: string): Map<string, Document> {
    const factors = org.userFactors.get(userId) ?? new Map<string, Document>();
    org.userFactors.set(userId, factors);
    return factors;
}

function checkKind(world: World, userId: string, { factorType, provider }: Document): void {
    if (factorType !== "question" || provider !== "OKTA") {
        invalid("factorType", "The emulator enrolls in the factor question of OKTA only.");
    }
    const { about, activeFactors } = world.org;
    if (about.pipeline === "v1" && !activeFactors.has("okta_question")) {
        invalid("factorType", "The factor okta_question is not active in this organization.");
    }
    if (factorsOf(world, userId).size > 0) invalid("factorType", "The user is enrolled in this factor already.");
}

function profileOf(body: Document): Document {
    const { question, answer } = documentOf(body.profile);
    const questionText = QUESTIONS[String(question)];
    if (questionText === undefined) return invalid("question", "There is no such question.");
    if (typeof answer !== "string" || answer.length < ANSWER_MIN_LENGTH) {
        return invalid("answer", `The answer has to have at least ${ANSWER_MIN_LENGTH} characters.`);
    }
    return { question, questionText };
}

function showFactor(factor: Document, userId: string, url: string): Document {
    const user = `${url}/api/v1/users/${userId}`;
    const links = {
        questions: { href: `${user}/factors/questions`, hints: { allow: ["GET"] } },
        self: { href: `${user}/factors/${factor.id}`, hints: { allow: ["GET", "DELETE"] } },
        user: { href: user, hints: { allow: ["GET"] } },
    };
    return { ...factor, _links: links };
}
