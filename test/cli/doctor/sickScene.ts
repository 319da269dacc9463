import type { DoctorSceneOptions } from "./scene";

/** Something that is wrong, and what the doctor says of it. */
export interface SickScene extends DoctorSceneOptions {
    readonly title: string;
    /** @default `--zone nzo1` */
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly code: string;
    readonly status: "warn" | "fail";
    readonly detail: string;
    /** The other codes that are not ok with it. @default none */
    readonly besides?: readonly string[];
}
