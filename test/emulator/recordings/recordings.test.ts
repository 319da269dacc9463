import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import type { Seed } from "../../../emulator/seed";
import { type Interaction, readRecording } from "./recording";
import { createTranslation, parsed, sameMoments } from "./translation";

type Json = Record<string, unknown>;

/** What is not compared, where it is, and why. Everything else has to be equal. */
const EXCEPTIONS: readonly { readonly at: RegExp; readonly in: RegExp; readonly why: string }[] = [
    { in: /\/apps/, at: /"logo":\[[^\]]*\]/g, why: "the emulator shows pictures of its own, not those of Okta's CDN" },
    {
        in: /\/credentials\/keys$/,
        at: /"(x5c|x5t#S256|n)":("[^"]*"|\["[^"]*"\])/g,
        why: "the emulator has no signing key",
    },
    { in: /\/sso\/saml\/metadata/, at: /<ds:X509Certificate>[^<]*/g, why: "nor a certificate" },
    {
        in: /\/apps/,
        at: /"defaultRelayState":(""|null)/g,
        why: "Okta showed an empty one as it came in January 2026, as null in June",
    },
];

/** Headers that every answer has and that have a test of their own. */
const OTHER_HEADERS = ["Date", "Content-Length"];

/** What each recorded organisation held before, taken from what it answered. */
const SEEDS: Readonly<Record<string, (tape: readonly Interaction[]) => Seed>> = {
    TestAccDataSourceOktaOrgMetadata_read: (tape) => ({ org: aboutIn(tape) }),
    TestAccResourceOktaNetworkZone_crud: () => ({}),
    TestAccResourceOktaNetworkZone_issue_2578: () => ({}),
    TestAccResourceOktaPolicyRuleSignon_GH2494: (tape) => ({
        groups: listIn(tape, 0),
        policies: [answerOf(tape, 22)] as Seed["policies"],
    }),
    TestAccResourceOktaAppSignOnPolicyRule_issue_1059814: (tape) => ({
        org: {
            ...aboutIn(tape),
            subdomain: "oie-00",
            hasRiskScoring: false,
            hasUniversalLogout: false,
            ...enrollmentIn(tape),
        },
        policies: listIn(tape, 4).filter(({ id }) => id !== answerOf(tape, 3).id) as Seed["policies"],
        apps: listIn(tape, 22) as Seed["apps"],
    }),
    TestAccResourceOktaAppSignOnPolicyRules_dynamicValues: (tape) => ({
        org: { ...aboutIn(tape), subdomain: "oie-00", ...enrollmentIn(tape) },
        policies: listIn(tape, 4).map((policy) => ({
            ...policy,
            rules: policy.system === true ? listIn(tape, 11) : [],
        })) as Seed["policies"],
    }),
};

describe("recordings", () => {
    for (const [name, seedOf] of Object.entries(SEEDS)) {
        describe(name, () => {
            const tape = readRecording(name);
            const clock = { ms: tape[0]?.at ?? 0 };
            let emulator: Emulator;
            let replay: (interaction: Interaction) => Promise<void>;
            before(async () => {
                emulator = await startEmulator({ seed: seedOf(tape), now: () => clock.ms, idSeed: name });
                replay = replayer(emulator, clock);
            });
            after(() => emulator.close());
            for (const [index, interaction] of tape.entries()) {
                it(`#${index} ${interaction.method} ${interaction.path}`, () => replay(interaction));
            }
        });
    }
});

function replayer({ url }: Emulator, clock: { ms: number }) {
    const { toEmulator, toRecorded } = createTranslation(url);
    return async (interaction: Interaction) => {
        clock.ms = interaction.at;
        const { method, path, body } = interaction;
        const response = await fetch(`${url}${toEmulator(path)}`, {
            method,
            headers: {
                authorization: "SSWS recorded",
                ...(body !== undefined && { "content-type": "application/json" }),
            },
            ...(body !== undefined && { body: toEmulator(body) }),
        });
        const recorded = blank(interaction.answer, path);
        const answer = toRecorded(blank(await response.text(), path), recorded);
        assert.equal(response.status, interaction.status, answer);
        assert.deepEqual(sameMoments(parsed(answer), parsed(recorded)), parsed(recorded));
        for (const [header, values] of Object.entries(interaction.headers)) {
            if (OTHER_HEADERS.includes(header)) continue;
            assert.equal(toRecorded(response.headers.get(header) ?? "", ""), values.join(", "), header);
        }
    };
}

function blank(text: string, path: string): string {
    return EXCEPTIONS.filter((exception) => exception.in.test(path)).reduce(
        (rest, { at }) => rest.replace(at, '"":0'),
        text,
    );
}

function answerOf(tape: readonly Interaction[], index: number): Json {
    return JSON.parse(tape[index]?.answer ?? "");
}

function listIn(tape: readonly Interaction[], index: number): Json[] {
    return JSON.parse(tape[index]?.answer ?? "");
}

function aboutIn(tape: readonly Interaction[]) {
    const { id, cell, settings } = JSON.parse(tape.find(({ path }) => path.startsWith("/.well-known"))?.answer ?? "");
    return { id, cell, settings };
}

function enrollmentIn(tape: readonly Interaction[]) {
    const [, profileEnrollmentPolicyId = ""] =
        /"profileEnrollment":\{"href":"[^"]*\/(rst\w+)"/.exec(tape.map(({ answer }) => answer).join()) ?? [];
    return { profileEnrollmentPolicyId };
}
