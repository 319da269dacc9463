import { strict as assert } from "node:assert";
import { createHmac } from "node:crypto";

import { fail } from "../../../src/core/errors/errors";
import { checkDelivery, type Delivery } from "../../../src/sources/webhook/delivery";
import { webhookKey } from "../../../src/sources/webhook/signature";
import { NOW } from "../../support/grants";
import { delivery, OTHER_SECRET, SECRET } from "./sender";

const MINUTE = 60_000;
const payload = { grants: [] };
const secrets = [() => SECRET];
const now = { nowMs: NOW, limits: { widestPrefix: 24 } };
const check = (sent: Delivery, by = secrets) => checkDelivery(sent, by, now);
const changed = (headers: Delivery["headers"], body?: Uint8Array): Delivery => {
    const sent = delivery(payload, { id: "msg_1" });
    return { headers: { ...sent.headers, ...headers }, body: body ?? sent.body };
};

const ANY = { id: "g1", ip: "198.51.100.1", permanent: true };
const DEEP = "the body is nested deeper than 60 levels";

const SIGN = ": sign deliveries by Standard Webhooks, see docs/reference/sources.md";

describe("checkDelivery", () => {
    const push = { type: "replaced", atMs: NOW, grants: [] };
    const good: [because: string, sent: Delivery, by?: readonly (() => string)[], atMs?: number][] = [
        ["signed by the secret", delivery(payload, { id: "msg_1" })],
        ["signed by one of two secrets", delivery(payload, { id: "msg_1" }), [() => OTHER_SECRET, () => SECRET]],
        [
            "with two signatures, of which one is right",
            delivery(payload, { id: "msg_1", secrets: [OTHER_SECRET, SECRET] }),
        ],
        [
            "sent five minutes ago",
            delivery(payload, { id: "msg_1", sentMs: NOW - 5 * MINUTE }),
            secrets,
            NOW - 5 * MINUTE,
        ],
        [
            "sent in five minutes",
            delivery(payload, { id: "msg_1", sentMs: NOW + 5 * MINUTE }),
            secrets,
            NOW + 5 * MINUTE,
        ],
        [
            "when another secret cannot be read",
            delivery(payload, { id: "msg_1" }),
            [() => fail("bad-input", "it is gone"), () => SECRET],
        ],
    ];
    for (const [because, sent, by = secrets, atMs = NOW] of good) {
        it(`takes one ${because}`, async () => {
            assert.deepEqual(await checkDelivery(sent, by, now), { id: "msg_1", push: { ...push, atMs } });
        });
    }

    const [id, timestamp, signature] = [
        `the header webhook-id is missing, or is not 1 to 256 visible characters${SIGN}`,
        `the header webhook-timestamp is missing, or is no number of seconds since 1970${SIGN}`,
        `the header webhook-signature is missing${SIGN}`,
    ];
    const old =
        "the delivery was not sent within five minutes of now, by this agent's clock: set the clocks, and sign it again [ZK705]";
    const unsigned =
        "the signature is not by the secret of this agent: sign with the secret that its source.secret names [ZK705]";
    const v1 = String(delivery(payload, { id: "msg_1" }).headers["webhook-signature"]);
    const wrong: [because: string, sent: Delivery, status: number, error: string, by?: readonly (() => string)[]][] = [
        [
            "longer than 32 MiB",
            changed({}, new Uint8Array(32 * 1024 * 1024 + 1)),
            413,
            "the body is longer than 32 MiB: send changes (grant.set, grant.removed) in place of all grants",
        ],
        ["without an id", changed({ "webhook-id": undefined }), 400, id],
        ["with two ids", changed({ "webhook-id": ["a", "b"] }), 400, id],
        ["with an id of 257 characters", changed({ "webhook-id": "x".repeat(257) }), 400, id],
        ["without a timestamp", changed({ "webhook-timestamp": undefined }), 400, timestamp],
        ["with a timestamp that is a date", changed({ "webhook-timestamp": "2026-12-01T12:00:00Z" }), 400, timestamp],
        ["with a timestamp and more", changed({ "webhook-timestamp": `${NOW / 1000}abc` }), 400, timestamp],
        ["without a signature", changed({ "webhook-signature": undefined }), 400, signature],
        ["sent too long ago", delivery(payload, { sentMs: NOW - 5 * MINUTE - 1000 }), 400, old],
        ["sent too far ahead", delivery(payload, { sentMs: NOW + 5 * MINUTE + 1000 }), 400, old],
        ["signed by another secret", delivery(payload, { secrets: [OTHER_SECRET] }), 401, unsigned],
        ["with another body", changed({}, Buffer.from('{"grants":[ ]}')), 401, unsigned],
        ["with another id", changed({ "webhook-id": "msg_2" }), 401, unsigned],
        ["with another timestamp", changed({ "webhook-timestamp": String(NOW / 1000 + 1) }), 401, unsigned],
        ["with half a signature", changed({ "webhook-signature": v1.slice(0, 20) }), 401, unsigned],
        [
            "with a signature of another version",
            changed({ "webhook-signature": v1.replace("v1,", "v1a,") }),
            401,
            unsigned,
        ],
        ["with an empty signature", changed({ "webhook-signature": "v1," }), 401, unsigned],
        [
            "when no secret can be read",
            delivery(payload),
            503,
            "signatures cannot be checked now, since no secret can be read: see to source.secret of this agent, and send it again",
            [() => fail("bad-input", "it is gone")],
        ],
        ["that is no JSON", delivery("{"), 400, "the body is not JSON in UTF-8"],
        ["that is empty", delivery(""), 400, "the body is not JSON in UTF-8"],
        [
            "with a key twice",
            delivery('{"grants":[],"grants":[1]}'),
            400,
            'the key "grants" is there twice in one object at line 1, column 14',
        ],
        ["that is deep", delivery("[".repeat(61) + "]".repeat(61)), 400, DEEP],
        ["that is long and deep", delivery(`{"grants":[],"x":${"[".repeat(2e5)}${"]".repeat(2e5)}}`), 400, DEEP],
        ["that is long and no JSON", delivery(`{"grants":[]${" ".repeat(3e5)}`), 400, "the body is not JSON in UTF-8"],
        [
            "that is long and has a key twice",
            delivery(`{"grants":[],${" ".repeat(3e5)}"grants":[]}`),
            400,
            'the key "grants" is there twice in one object at line 1, column 300014',
        ],
        [
            "with one grant that is longer than all of a short body may be",
            delivery({ grants: [ANY, { ...ANY, id: "g2", note: "x".repeat(3e5) }] }),
            400,
            "entry 2 of grants is longer than 256 KiB",
        ],
        [
            "with as much beside its grants",
            delivery({ grants: [ANY], note: "x".repeat(3e5) }),
            400,
            "what is beside its lists is longer than 256 KiB",
        ],
        ["with nothing that there is", delivery({}), 400, "the payload has no type and no list grants"],
    ];
    for (const [because, sent, status, error, by] of wrong) {
        it(`refuses one ${because}`, async () =>
            assert.deepEqual(await check(sent, by as typeof secrets), { status, body: { error } }));
    }

    it("refuses a body that is not UTF-8, though it is signed", async () => {
        const body = Buffer.from([0x22, 0xff, 0x22]);
        const key = webhookKey(SECRET) ?? assert.fail();
        const mac = createHmac("sha256", key)
            .update(`msg_1.${NOW / 1000}.`)
            .update(body)
            .digest("base64");
        const sent = changed({ "webhook-signature": `v1,${mac}` }, body);
        assert.deepEqual(await check(sent), { status: 400, body: { error: "the body is not JSON in UTF-8" } });
    });
});

describe("webhookKey", () => {
    const key = (bytes: number) => Buffer.alloc(bytes, 7).toString("base64");
    const table: [secret: string, length: number | undefined][] = [
        [`whsec_${key(32)}`, 32],
        [key(24), 24],
        [`${key(64)}\n`, 64],
        [key(23), undefined],
        [key(65), undefined],
        ["", undefined],
        ["whsec_", undefined],
        ["a password that is no base64, though long enough", undefined],
    ];
    for (const [secret, length] of table) {
        it(`${JSON.stringify(secret).slice(0, 30)} has ${length ?? "no"} bytes`, () => {
            assert.equal(webhookKey(secret)?.length, length);
        });
    }
});
