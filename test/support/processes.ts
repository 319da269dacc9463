import { reusedProcesses } from "../../rehearsal/processes/reusedProcesses";

/** Of programs and dynamic providers, for all tests that run in this process; they end with it. */
export const processes = reusedProcesses();
