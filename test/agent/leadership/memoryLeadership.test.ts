import { testLeadership } from "./contract";
import { memoryLock } from "./memoryLeadership";

testLeadership("a lock in memory", async () => {
    const lock = memoryLock();
    return {
        candidate: () => lock.candidate(),
        async leader() {
            await lock.candidate().lead(new AbortController().signal);
            return { crash: async () => lock.take() };
        },
        cutOff: async () => lock.take(),
        until: (promise) => promise,
        async [Symbol.asyncDispose]() {},
    };
});
