/** The page's own files, which the build names by what is in them (scripts/build-page.mjs). */

export type PageFileName =
  | 'decode-worker.js'
  | 'playback-worker.js'
  | 'decode-helper.js'
  | 'recorder-worker.js'
  | 'kernels.wasm'
  | 'recording.wasm'
  | 'vp8.wasm';

/** Put in by the build. A file knows the names of those that it starts, which are built before it. */
declare const PAGE_FILES: Readonly<Partial<Record<PageFileName, string>>>;

/** What a file is called beside the running script. */
export function pageFile(name: PageFileName): string {
  return (typeof PAGE_FILES === 'undefined' ? undefined : PAGE_FILES[name]) ?? name;
}
