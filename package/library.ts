import type { DocumentLimits } from "../src/core/grants/grantAddresses";
import { type Reading, readGrantsDocument } from "../src/core/grants/grantsDocument";
import { readDocument } from "../src/sources/document/document";

/**
 * The package's entry `zonekeeper`: what decides, as functions of plain values. Nothing here starts, reads a clock or the
 * environment, or asks Okta. What fails throws an Error whose `code` is one of `Code`.
 */
export { compareSpans, formatSpan, type Parsed, parseSpan, type Span } from "../src/core/addresses/ip";
export type { NamedZone, ZoneRole } from "../src/core/chain/access";
export { type ChainReading, type ChainZone, type Evaluation, evaluateChain, type Step } from "../src/core/chain/chain";
export { type ChainTest, compileZone } from "../src/core/chain/compileZone";
export {
    type Change,
    type ExplainInput,
    type Explanation,
    explainChain,
    type ZoneExplanation,
} from "../src/core/chain/explainChain";
export { eventChain, forwardedChain, parseChain } from "../src/core/chain/ipChain";
export type { Code, CodedError } from "../src/core/errors/errors";
export type { DocumentLimits } from "../src/core/grants/grantAddresses";
export { type Grant, isActive, nextChangeMs } from "../src/core/grants/grants";
export type { Reading, Unusable } from "../src/core/grants/grantsDocument";
export { isSelected, type Selector } from "../src/core/grants/selection";
export {
    changes,
    type Plan,
    type PlanInput,
    planGateways,
    type Refusal,
    type ZoneNow,
    type ZonePlan,
} from "../src/core/membership/plan";
export { type Cut, diffCells, networksOf, type RangesDiff } from "../src/core/ranges/networks";
export { type Cell, type LeftOut, type OktaRanges, readOktaRanges } from "../src/core/ranges/oktaRanges";
export { type Selection, selectCells } from "../src/core/ranges/selectCells";
export { GATEWAY_LIMIT, SENTINEL, type Usage } from "../src/core/zones/zone";
export { readZoneDocument, type ZoneDocument } from "../src/okta/zones/zoneDocument";

/** @default `widestPrefix` 24 */
export type GrantLimits = Partial<DocumentLimits>;

/**
 * Reads a grants document that was parsed already: `{ "grants": […] }`.
 *
 * @throws `source-unreadable`: the document is none of grants, or only a part of one, or no entry of it is usable
 */
export function readGrants(document: unknown, limits: GrantLimits = {}): Reading {
    return readGrantsDocument(document, { widestPrefix: 24, ...limits });
}

/**
 * Reads the text of a grants document, YAML or JSON. A large one is read in a thread, so that the caller goes on.
 *
 * @throws what readGrants throws
 */
export function parseGrants(text: string | Uint8Array, limits: GrantLimits = {}): Promise<Reading> {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    return readDocument([bytes], { widestPrefix: 24, ...limits });
}
