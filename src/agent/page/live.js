// Keeps the page up to date: counts down, hears of changes, and asks for the page again. Without it the page says the
// same, as of the moment when it was loaded.
(() => {
    const root = document.documentElement;
    const [live, clock, announcer] = ["live", "clock", "announcer"].map((id) => document.getElementById(id));

    /** No more often than this, however much happens, in ms. */
    const REFRESH_MS = 1000;
    /** And, where the agent takes long to answer, for that part of the time at most, so that many pages leave it its time. */
    const SHARE = 10;
    /** The agent says every 15 s that it is there. */
    const SILENCE_MS = 40_000;
    const RETRY_MS = 15_000;

    /** The agent's clock, whatever this machine's says, in ms. */
    let aheadMs = Number(root.dataset.now) - Date.now();
    let heardMs = 0;
    let refreshing = false;
    let again = false;

    const now = () => Date.now() + aheadMs;

    function durationText(seconds) {
        const two = (large, largeName, small, smallName) => {
            const rest = Math.floor((seconds % large) / small);
            return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
        };
        if (seconds < 60) return `${seconds} s`;
        if (seconds < 600) return two(60, "min", 1, "s");
        if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
        if (seconds < 172_800) return two(3600, "h", 60, "min");
        return `${Math.floor(seconds / 86_400)} days`;
    }

    function relativeText(seconds) {
        const whole = Math.ceil(seconds);
        if (whole === 0) return "now";
        return whole > 0 ? `in ${durationText(whole)}` : `${durationText(-whole)} ago`;
    }

    function write(element, text) {
        if (element.textContent !== text) element.textContent = text;
    }

    function tick() {
        const nowMs = now();
        write(clock, new Date(nowMs).toISOString().slice(11, 19));
        for (const time of document.querySelectorAll("time.relative")) {
            write(time, relativeText((Number(time.dataset.ms) - nowMs) / 1000));
        }
        const isLive = heardMs > 0 && Date.now() - heardMs < SILENCE_MS;
        root.classList.toggle("is-live", isLive);
        write(live, isLive ? "live" : "not live");
    }

    function partsOf(page) {
        return [...page.querySelectorAll("[data-live]")].map((part) => part.dataset.live).join(" ");
    }

    /** Whether somebody has typed something there. What they send then is judged by what they saw. */
    function isFilledIn(part) {
        return [...part.querySelectorAll("input")].some((input) => input.value !== input.defaultValue);
    }

    /** Puts what changed in the place of what was there; the focus stays on the element of the same id. */
    function take(page) {
        const focused = document.activeElement?.id;
        const heading = document.getElementById("summary-heading").textContent;
        aheadMs = Number(page.documentElement.dataset.now) - Date.now();
        // An agent that takes over has another page.
        if (partsOf(page) !== partsOf(document)) return location.reload();
        for (const next of page.querySelectorAll("[data-live]")) {
            const present = document.querySelector(`[data-live="${next.dataset.live}"]`);
            if (present === null || present.innerHTML === next.innerHTML || isFilledIn(present)) continue;
            present.replaceChildren(...next.childNodes);
        }
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
        const told = document.getElementById("summary-heading").textContent;
        if (told !== heading) write(announcer, `${told}.`);
        tick();
    }

    /** At once, and then not before some time has passed. */
    async function refresh() {
        if (refreshing) {
            again = true;
            return;
        }
        refreshing = true;
        const startMs = performance.now();
        try {
            const answer = await fetch(location.href, { headers: { accept: "text/html" } });
            if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        } catch {
            // The agent is away; the stream of events says when it is back.
        }
        setTimeout(
            () => {
                refreshing = false;
                if (again) {
                    again = false;
                    void refresh();
                }
            },
            Math.max(REFRESH_MS, SHARE * (performance.now() - startMs)),
        );
    }

    function hear() {
        heardMs = Date.now();
        void refresh();
    }

    function listen() {
        const events = new EventSource("/events");
        for (const name of ["open", "told", "beat"]) events.addEventListener(name, hear);
        events.addEventListener("error", () => {
            heardMs = 0;
            tick();
            // Where the agent said no, the browser does not come back by itself.
            if (events.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_MS);
        });
    }

    setInterval(tick, 1000);
    tick();
    listen();
})();
