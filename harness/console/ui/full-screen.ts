/** The browser's full screen. */

export function toggleFullScreen(): void {
  // A browser may refuse (an embedded page, a policy): then nothing happens, as the button shows.
  if (document.fullscreenElement === null)
    document.documentElement.requestFullscreen().catch(() => undefined);
  else document.exitFullscreen().catch(() => undefined);
}
