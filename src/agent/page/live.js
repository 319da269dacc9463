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

    const isUtc = root.dataset.times === "utc";
    const pad = (number) => String(number).padStart(2, "0");

    /** `2026-11-30 14:03:10`, in the reader's time zone unless they asked for UTC. */
    function wallText(ms) {
        const at = new Date(ms);
        if (isUtc) return at.toISOString().slice(0, 19).replace("T", " ");
        const date = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
        return `${date} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
    }

    /** As the agent writes it: with the date where that is not today's. */
    function localise(part, nowMs) {
        const today = wallText(nowMs).slice(0, 10);
        for (const time of part.querySelectorAll("time.moment")) {
            const text = wallText(Number(time.dataset.ms));
            write(time, text.startsWith(today) ? text.slice(11) : text);
        }
        for (const zone of part.querySelectorAll(".zone")) {
            if (!isUtc) write(zone, Intl.DateTimeFormat().resolvedOptions().timeZone);
        }
    }

    function tick() {
        const nowMs = now();
        write(clock, wallText(nowMs).slice(11));
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

    /** Whether a field was edited: the form is then submitted with what the person saw. */
    function isFilledIn(part) {
        return [...part.querySelectorAll("input")].some((input) => input.value !== input.defaultValue);
    }

    /** Puts what changed in the place of what was there; the focus stays on the element of the same id. */
    function take(page) {
        const focused = document.activeElement?.id;
        const heading = document.getElementById("summary-heading").textContent;
        aheadMs = Number(page.documentElement.dataset.now) - Date.now();
        localise(page, now());
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
        const events = new EventSource("events");
        for (const name of ["open", "told", "beat"]) events.addEventListener(name, hear);
        events.addEventListener("error", () => {
            heardMs = 0;
            tick();
            // Where the agent said no, the browser does not come back by itself.
            if (events.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_MS);
        });
    }

    document.getElementById("times").hidden = false;
    localise(document, now());
    setInterval(tick, 1000);
    tick();
    listen();
})();
