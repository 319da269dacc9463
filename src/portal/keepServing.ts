export interface KeepServingOptions<Settings> {
    readonly first: Settings;
    /** The settings of now. @throws where they cannot be used */
    readonly read: () => Promise<Settings>;
    /** Serves until the signal aborts. @throws where it cannot begin */
    readonly serve: (settings: Settings, stop: AbortSignal, onServing: () => void) => Promise<void>;
    readonly stop: AbortSignal;
    /** Receives a function that reads the settings again. */
    readonly onReload: (reload: () => void) => void;
    /** Hears why the settings of before stay in force. */
    readonly onRefused: (error: unknown) => void;
}

const AGAIN = "the configuration was read again";

/**
 * Serves until it is told to stop, and begins anew with other settings where it is asked to read them again.
 *
 *   the settings of now        result
 *   can be used                the service ends and begins again with them
 *   cannot be read             it goes on undisturbed
 *   can be read, and the       it begins again with the ones of before
 *   service cannot begin
 *
 * @throws what `serve` throws with the first settings
 */
export async function keepServing<Settings>(options: KeepServingOptions<Settings>): Promise<void> {
    const { first, read, serve, stop, onReload, onRefused } = options;
    let present = first;
    let before: Settings | undefined;
    let next: Settings | undefined;
    let end = new AbortController();
    onReload(() => {
        read().then((found) => {
            next = found;
            end.abort(AGAIN);
        }, onRefused);
    });
    for (;;) {
        end = new AbortController();
        next = undefined;
        try {
            await serve(present, AbortSignal.any([stop, end.signal]), () => {
                before = undefined;
            });
        } catch (error) {
            if (before === undefined || stop.aborted) throw error;
            onRefused(error);
            [present, before] = [before, undefined];
            continue;
        }
        if (stop.aborted || next === undefined) return;
        [before, present] = [present, next];
    }
}
