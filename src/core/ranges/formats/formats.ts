import { awsPrefixList, terraform } from "./aws";
import { ipset, iptables, nftables } from "./linux";
import { csv, json, text } from "./plain";
import { haproxy, nginx, squid } from "./servers";
import type { Formatted, View } from "./view";

/** Each format by the name that people type: a pure function from what was chosen to a whole file. */
export const FORMATS = {
    text,
    json,
    csv,
    nginx,
    iptables,
    nftables,
    ipset,
    squid,
    haproxy,
    "aws-prefix-list": awsPrefixList,
    terraform,
} as const satisfies Readonly<Record<string, (view: View) => Formatted>>;

export type Format = keyof typeof FORMATS;
