// Keeps the page up to date: counts down, hears of changes, and asks for the page again. Without it the page says the
// same, as of the moment when it was loaded.
(() => {
    const root = document.documentElement;
    const live = document.getElementById("live");
    const announcer = document.getElementById("announcer");
    const REFRESH_MS = 1000;
    const RETRY_MS = 15_000;
    /** Without a change the page is asked for as often, as states change with time too; countdowns go on by themselves. */
    const EVERY_MS = 60_000;

    /** What is asked for again, with what was done: that is said as it is by then. */
    const asked = location.search;

    /** The portal's clock, whatever this machine's says, in ms. */
    let aheadMs = Number(root.dataset.now) - Date.now();
    let refreshing = false;
    let again = false;

    const now = () => Date.now() + aheadMs;

    function two(seconds, large, largeName, small, smallName) {
        const rest = Math.floor((seconds % large) / small);
        return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
    }

    function leftText(ms) {
        const seconds = Math.max(0, Math.ceil(ms / 1000));
        if (seconds < 60) return `${seconds} s`;
        if (seconds < 600) return two(seconds, 60, "min", 1, "s");
        if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
        if (seconds < 172_800) return two(seconds, 3600, "h", 60, "min");
        return two(seconds, 86_400, "days", 3600, "h");
    }

    function write(element, text) {
        if (element !== null && element.textContent !== text) element.textContent = text;
    }

    function tick() {
        const nowMs = now();
        let isOver = false;
        for (const time of document.querySelectorAll("time.relative")) {
            const leftMs = Number(time.dataset.ms) - nowMs;
            if (leftMs <= 0 && leftMs > -REFRESH_MS) isOver = true;
            write(time, leftText(leftMs));
        }
        for (const bar of document.querySelectorAll(".fill")) {
            const [from, to] = [Number(bar.dataset.from), Number(bar.dataset.to)];
            bar.setAttribute("width", String(Math.max(0, Math.min(100, ((to - nowMs) / (to - from)) * 100))));
        }
        if (isOver) void refresh();
    }

    /** Moments in the visitor's own time zone; the page has them in UTC, and says so. */
    function localize(part) {
        const today = new Date(now()).toDateString();
        for (const clock of part.querySelectorAll("time.clock")) {
            const moment = new Date(clock.dateTime);
            const [hours, minutes] = [moment.getHours(), moment.getMinutes()].map((each) =>
                String(each).padStart(2, "0"),
            );
            const day = { weekday: "short", day: "numeric", month: "short" };
            const date = moment.toDateString() === today ? "" : `${moment.toLocaleDateString("en-GB", day)} `;
            clock.title = `${clock.dateTime.slice(0, 16).replace("T", " ")} UTC`;
            write(clock, `${date}${hours}:${minutes}`);
        }
        for (const zone of part.querySelectorAll(".zone")) write(zone, "your time");
        for (const field of part.querySelectorAll("input[type=datetime-local]")) {
            for (const bound of ["min", "max"]) {
                const moment = new Date(`${field[bound]}Z`);
                if (!field.dataset.local) field[bound] = localText(moment);
            }
            field.dataset.local = "true";
        }
    }

    function localText(moment) {
        return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    }

    function isFilledIn(part) {
        return [...part.querySelectorAll("input:not([type=hidden])")].some(
            (input) => input.value !== input.defaultValue,
        );
    }

    /** What a part shows: each page has other keys in its forms. */
    function shownIn(part) {
        return part.innerHTML.replaceAll(/ name="once" value="[^"]*"/g, "");
    }

    function take(page) {
        const focused = document.activeElement?.id;
        const before = document.getElementById("summary")?.textContent;
        aheadMs = Number(page.documentElement.dataset.now) - Date.now();
        root.dataset.shown = page.documentElement.dataset.shown;
        if (page.getElementById("summary") === null) return location.reload();
        for (const next of page.querySelectorAll("[data-live]")) {
            const present = document.querySelector(`[data-live="${next.dataset.live}"]`);
            if (present === null || shownIn(present) === shownIn(next)) continue;
            // What somebody types, and what has the focus or was opened, stays as it is until they are done.
            if (isFilledIn(present) || present.contains(document.activeElement) || present.querySelector("[open]"))
                continue;
            localize(next);
            present.replaceChildren(...next.childNodes);
        }
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
        const after = document.getElementById("summary").textContent;
        if (after !== before) write(announcer, `${after}.`);
        document.title = page.title;
        tick();
    }

    async function refresh() {
        if (refreshing) {
            again = true;
            return;
        }
        refreshing = true;
        try {
            const answer = await fetch(`/${asked}`, { headers: { accept: "text/html" } });
            if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        } catch {
            // The portal is away; the stream of events says when it is back.
        }
        setTimeout(() => {
            refreshing = false;
            if (again) {
                again = false;
                void refresh();
            }
        }, REFRESH_MS);
    }

    function listen() {
        const events = new EventSource("/api/v1/events");
        const hear = (isLive) => {
            root.classList.toggle("is-live", isLive);
            write(live, isLive ? "live" : "not live");
        };
        // Also the first event: something may have changed after this page was made, and before the portal heard of it.
        const compare = ({ lastEventId }) => {
            if (lastEventId !== root.dataset.shown) void refresh();
        };
        events.addEventListener("open", (event) => {
            hear(true);
            if ("lastEventId" in event) compare(event);
        });
        events.addEventListener("change", compare);
        events.addEventListener("error", () => {
            hear(false);
            // Where the portal said no, the browser does not come back by itself.
            if (events.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_MS);
        });
    }

    // What was done is said once, and by its present state; what is listed stays in the address.
    const place = new URL(location.href);
    for (const name of ["done", "id"]) place.searchParams.delete(name);
    if (place.search !== location.search) history.replaceState(null, "", place);
    document.addEventListener("formdata", ({ formData }) => {
        const start = formData.get("startsAt");
        if (start !== null && start !== "") formData.set("startsAt", new Date(start).toISOString());
    });
    localize(document);
    setInterval(tick, 1000);
    setInterval(refresh, EVERY_MS);
    tick();
    listen();
})();
